// SPDX-License-Identifier: Apache-2.0

use crate::abi::{self, *};
use crate::border::{self, guarded, quiet};
use crate::{Creation, Error};
use std::ffi::{c_void, CString};
use std::os::raw::c_char;

/// How the host fills a parameter at the start.
#[derive(Debug, Clone, Copy)]
pub enum Initialiser {
    Zeros,
    Constant(f64),
    /// Mean and standard deviation.
    Normal(f64, f64),
    /// Low and high end.
    Uniform(f64, f64),
}

/// The parameters of a model, in the order of [`Pass::parameter`].
#[derive(Default)]
pub struct Parameters {
    texts: Vec<Box<(CString, Vec<i64>)>>,
    tables: Vec<induct_parameter>,
}

// SAFETY: after they are listed nothing is written, and every pointer leads into memory of its own.
unsafe impl Send for Parameters {}
unsafe impl Sync for Parameters {}

impl Parameters {
    /// Adds one; `flags` of `abi`: PARAMETER_FROZEN, PARAMETER_NOT_DECAYED. The name has dots between levels.
    pub fn add(&mut self, name: &str, shape: &[usize], start: Initialiser, flags: u32) -> usize {
        let sizes = shape.iter().map(|size| *size as i64).collect();
        self.texts.push(Box::new((border::c_string(name), sizes)));
        let text = &self.texts[self.texts.len() - 1];
        let (initialiser, a, b) = match start {
            Initialiser::Zeros => (0, 0.0, 0.0),
            Initialiser::Constant(value) => (1, value, 0.0),
            Initialiser::Normal(mean, deviation) => (2, mean, deviation),
            Initialiser::Uniform(low, high) => (3, low, high),
        };
        self.tables.push(induct_parameter {
            struct_size: abi::size_of::<induct_parameter>(),
            flags,
            name: text.0.as_ptr(),
            shape: text.1.as_ptr(),
            rank: shape.len() as i32,
            initialiser,
            a,
            b,
        });
        self.tables.len() - 1
    }

    fn count(&self, index: usize) -> usize {
        self.texts[index].1.iter().map(|size| *size as usize).product()
    }
}

/// What a model's outputs are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    Logits = 0,
    Probabilities = 1,
    Values = 2,
}

/// One pass over a shard, forward or backward.
pub struct Pass<'a> {
    call: induct_pass,
    parameters: &'a Parameters,
    output_count: usize,
}

impl<'a> Pass<'a> {
    /// Samples of this shard.
    pub fn count(&self) -> usize {
        self.call.count as usize
    }

    /// Items of the inputs.
    pub fn length(&self) -> usize {
        self.call.length as usize
    }

    pub fn is_training(&self) -> bool {
        self.call.mode == 0
    }

    /// An int32 input of the schema.
    pub fn int32(&self, index: usize) -> &'a [i32] {
        self.input(index)
    }

    /// A float32 input of the schema.
    pub fn float32(&self, index: usize) -> &'a [f32] {
        self.input(index)
    }

    fn input<Element>(&self, index: usize) -> &'a [Element] {
        // SAFETY: the host lists `tensor_count` tensors of the schema's types.
        unsafe {
            let tensors = border::slice(self.call.tensors, self.call.tensor_count as usize);
            match tensors.get(index).and_then(|tensor| tensor.as_ref()) {
                Some(tensor) => border::slice(tensor.data as *const Element, border::tensor_count(tensor)),
                None => &[],
            }
        }
    }

    pub fn parameter(&self, index: usize) -> &'a [f32] {
        // SAFETY: the host holds every parameter in its shape.
        unsafe { border::slice(*self.call.parameters.add(index), self.parameters.count(index)) }
    }

    /// The outputs, `[count, P, width]`.
    pub fn outputs(&self) -> &'a mut [f32] {
        // SAFETY: the host has room for the outputs of this shard.
        unsafe { border::slice_mut(self.call.outputs, self.output_count) }
    }

    /// Backward: d loss / d outputs.
    pub fn output_gradients(&self) -> &'a [f32] {
        // SAFETY: as large as the outputs.
        unsafe { border::slice(self.call.output_gradients, self.output_count) }
    }

    /// Backward: the gradient of a parameter, to be added to; empty for a frozen one.
    pub fn gradient(&self, index: usize) -> &'a mut [f32] {
        // SAFETY: the host has room for a gradient in the parameter's shape, or NULL.
        let gradient =
            unsafe { border::slice_mut(*self.call.gradients.add(index), self.parameters.count(index)) };
        if self.call.accumulate == 0 {
            gradient.fill(0.0);
        }
        gradient
    }

    /// Gates: the predictions of expert `index`, `[count, P, classes or outputs]`, `width` numbers in all.
    pub fn expert(&self, index: usize, width: usize) -> &'a [f32] {
        // SAFETY: the host lists the experts' predictions.
        unsafe { border::slice(*self.call.experts.add(index), width) }
    }
}

/// What architectures and gates have in common.
pub trait Model: Sized + Send + Sync + 'static {
    const NAME: &'static str;
    const SUMMARY: &'static str;
    /// The JSON of abi.h: parameters, children, examples.
    const CONFIG: &'static str;
    const OUTPUT: Output = Output::Logits;

    fn new(creation: &Creation) -> Result<Self, Error>;
    fn parameters(&self) -> &Parameters;
    /// Numbers of output for `count` samples of `length` items.
    fn output_count(&self, count: usize, length: usize) -> usize;
    /// Writes every output. Passes of different slots run at once.
    fn forward(&self, pass: &Pass) -> Result<(), Error>;
    /// Adds d loss / d parameter to every gradient.
    fn backward(&self, pass: &Pass) -> Result<(), Error>;
}

/// An architecture: its outputs are logits `[count, P, classes]` by default.
pub trait Architecture: Model {}

/// A gate: its outputs are `[count, P, K]`, non-negative, each row summing to 1.
pub trait Gate: Model {}

#[repr(C)]
struct Instance<M> {
    table: induct_architecture,
    model: M,
}

pub(crate) extern "C" fn create<M: Model>(
    call: *const induct_create, result: *mut *const c_void, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the host's call struct and place for the result are valid for the call.
        let model = M::new(&Creation::new(&unsafe { border::known(call) })?)?;
        let instance = Box::into_raw(Box::new(Instance { table: table::<M>(), model }));
        // SAFETY: made above, and nobody else has it yet.
        unsafe {
            (*instance).table.instance = instance as *mut c_void;
            *result = instance as *const c_void;
        }
        Ok(())
    })
}

fn table<M: Model>() -> induct_architecture {
    induct_architecture {
        struct_size: abi::size_of::<induct_architecture>(),
        output: M::OUTPUT as u32,
        instance: std::ptr::null_mut(),
        destroy: Some(destroy::<M>),
        parameter: Some(parameter::<M>),
        workspace_size: Some(workspace_size),
        forward: Some(forward::<M>),
        backward: Some(backward::<M>),
        get_extension: Some(get_extension),
    }
}

/// # Safety
/// `handle` came from `create::<M>` and was not destroyed.
unsafe fn of<'a, M>(handle: *const induct_architecture) -> &'a M {
    &(*((*handle).instance as *const Instance<M>)).model
}

extern "C" fn destroy<M: Model>(handle: *const induct_architecture) {
    // SAFETY: the host destroys each instance once.
    quiet((), || unsafe { drop(Box::from_raw((*handle).instance as *mut Instance<M>)) })
}

extern "C" fn parameter<M: Model>(handle: *const induct_architecture, index: u32) -> *const induct_parameter {
    quiet(std::ptr::null(), || {
        // SAFETY: the handle is ours.
        let tables = unsafe { &of::<M>(handle).parameters().tables };
        tables.get(index as usize).map_or(std::ptr::null(), |table| table as *const induct_parameter)
    })
}

extern "C" fn workspace_size(_: *const induct_architecture, _: u32, _: u64, _: i64) -> u64 {
    0
}

/// # Safety
/// The handle is ours, and the call valid for the call.
unsafe fn pass<'a, M: Model>(handle: *const induct_architecture, call: *const induct_pass) -> (&'a M, Pass<'a>) {
    let model = of::<M>(handle);
    let call = border::known(call);
    let output_count = model.output_count(call.count as usize, call.length as usize);
    (model, Pass { call, parameters: model.parameters(), output_count })
}

extern "C" fn forward<M: Model>(
    handle: *const induct_architecture, call: *const induct_pass, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the host's pointers are valid for the call.
        let (model, pass) = unsafe { pass::<M>(handle, call) };
        model.forward(&pass)
    })
}

extern "C" fn backward<M: Model>(
    handle: *const induct_architecture, call: *const induct_pass, error: *mut induct_error,
) -> Status {
    guarded(error, || {
        // SAFETY: the host's pointers are valid for the call.
        let (model, pass) = unsafe { pass::<M>(handle, call) };
        model.backward(&pass)
    })
}

extern "C" fn get_extension(_: *const induct_architecture, _: *const c_char) -> *const c_void {
    std::ptr::null()
}
