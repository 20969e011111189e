/* SPDX-License-Identifier: Apache-2.0 */

#include <ffi.h>

/* libffi describes its types by variables, which Swift 6 does not read; so they are asked for by size and kind. */

static inline ffi_type *foreign_ffi_pointer(void) { return &ffi_type_pointer; }
static inline ffi_type *foreign_ffi_void(void) { return &ffi_type_void; }

/* An integer of 1, 2, 4 or 8 bytes. */
static inline ffi_type *foreign_ffi_integer(int bytes, int is_signed) {
    switch (bytes) {
    case 1: return is_signed ? &ffi_type_sint8 : &ffi_type_uint8;
    case 2: return is_signed ? &ffi_type_sint16 : &ffi_type_uint16;
    case 4: return is_signed ? &ffi_type_sint32 : &ffi_type_uint32;
    default: return is_signed ? &ffi_type_sint64 : &ffi_type_uint64;
    }
}

/* float or double. */
static inline ffi_type *foreign_ffi_real(int bytes) { return bytes == 4 ? &ffi_type_float : &ffi_type_double; }
