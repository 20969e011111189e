/* SPDX-License-Identifier: Apache-2.0 */

/* Compiling the headers here holds their layout assertions in every build. */
#include <induct/induct.h>
