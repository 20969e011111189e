/* SPDX-License-Identifier: Apache-2.0 */

/* libpng; of it the simplified interface, which never jumps over its caller. */
#include <png.h>
