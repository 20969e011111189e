// SPDX-License-Identifier: Apache-2.0

//! What every call from the host goes through: panics and errors become statuses, pointers become slices.

use crate::abi::{self, induct_error, Status};
use crate::Error;
use std::any::Any;
use std::ffi::{CStr, CString};
use std::os::raw::{c_char, c_int};
use std::panic::{catch_unwind, AssertUnwindSafe};

extern "C" {
    /// The C library's: where the thread's errno lies.
    fn __errno_location() -> *mut c_int;
}

/// Puts errno back when it is dropped.
struct ErrnoKeeper(c_int);

impl ErrnoKeeper {
    fn new() -> ErrnoKeeper {
        // SAFETY: the place is the thread's own.
        ErrnoKeeper(unsafe { *__errno_location() })
    }
}

impl Drop for ErrnoKeeper {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { *__errno_location() = self.0 }
    }
}

/// Runs `body`; nothing that it panics with goes further, and errno stays as it was.
pub fn guarded(error: *mut induct_error, body: impl FnOnce() -> Result<(), Error>) -> Status {
    let _keeper = ErrnoKeeper::new();
    let outcome = catch_unwind(AssertUnwindSafe(body));
    match outcome {
        Ok(Ok(())) => abi::OK,
        Ok(Err(failure)) => report(error, &failure),
        Err(panic) => report(error, &Error::internal(panic_text(panic.as_ref()))),
    }
}

/// As [`guarded`], for calls without a status.
pub fn quiet<Value>(fallback: Value, body: impl FnOnce() -> Value) -> Value {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(fallback)
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| text.to_string());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("it panicked: {}", text.unwrap_or_else(|| "without a message".into()))
}

/// Writes a failure into the caller's error, within the size it knows.
fn report(error: *mut induct_error, failure: &Error) -> Status {
    const MESSAGE: usize = 8;
    let status = if failure.status == abi::OK { abi::INTERNAL } else { failure.status };
    if error.is_null() {
        return status;
    }
    // SAFETY: the caller owns the error for the call, and `struct_size` says how much of it there is.
    unsafe {
        let size = ((*error).struct_size as usize).min(std::mem::size_of::<induct_error>());
        if size <= MESSAGE {
            return status;
        }
        (*error).status = status;
        let room = size - MESSAGE - 1;
        let mut end = failure.message.len().min(room);
        while !failure.message.is_char_boundary(end) {
            end -= 1;
        }
        let target = std::ptr::addr_of_mut!((*error).message) as *mut u8;
        std::ptr::copy_nonoverlapping(failure.message.as_ptr(), target, end);
        *target.add(end) = 0;
    }
    status
}

/// A call struct of the host's as this crate knows it: what a smaller one does not have is zero.
///
/// # Safety
/// `theirs` is a struct of the C headers, all of whose fields may be zero, and begins with its size.
pub unsafe fn known<Table: Copy>(theirs: *const Table) -> Table {
    let size = (*(theirs as *const u32) as usize).min(std::mem::size_of::<Table>());
    let mut mine = std::mem::MaybeUninit::<Table>::zeroed();
    std::ptr::copy_nonoverlapping(theirs as *const u8, mine.as_mut_ptr() as *mut u8, size);
    mine.assume_init()
}

/// The text behind a pointer of the host's; empty for NULL.
///
/// # Safety
/// `text` is NULL or ends with a NUL.
pub unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    CStr::from_ptr(text).to_string_lossy().into_owned()
}

/// A C string, cut at the first NUL.
pub fn c_string(text: &str) -> CString {
    CString::new(text.split('\0').next().unwrap_or("")).unwrap_or_default()
}

/// A slice of `count` elements; empty for NULL.
///
/// # Safety
/// `data` is NULL or holds `count` elements for as long as the slice is used.
pub unsafe fn slice<'a, Element>(data: *const Element, count: usize) -> &'a [Element] {
    if data.is_null() {
        &[]
    } else {
        std::slice::from_raw_parts(data, count)
    }
}

/// As [`slice`], to be written.
///
/// # Safety
/// As `slice`; nobody else uses the memory meanwhile.
pub unsafe fn slice_mut<'a, Element>(data: *mut Element, count: usize) -> &'a mut [Element] {
    if data.is_null() {
        &mut []
    } else {
        std::slice::from_raw_parts_mut(data, count)
    }
}

/// The number of elements of a tensor.
///
/// # Safety
/// `tensor` is a tensor of the host's.
pub unsafe fn tensor_count(tensor: &abi::induct_tensor) -> usize {
    slice(tensor.shape, tensor.rank as usize).iter().map(|size| *size as usize).product()
}
