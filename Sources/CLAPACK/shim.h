/* SPDX-License-Identifier: Apache-2.0 */

/* LAPACK's C interface, with complex numbers as plain structs, which Swift can read. */
typedef struct lapack_complex_value {
    double re;
    double im;
} lapack_complex_value;
#define lapack_complex_double lapack_complex_value
typedef struct lapack_complex_single {
    float re;
    float im;
} lapack_complex_single;
#define lapack_complex_float lapack_complex_single
#include <lapacke.h>
