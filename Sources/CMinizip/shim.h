/* SPDX-License-Identifier: Apache-2.0 */

/* The ZIP reader that comes with zlib. */
#include <unzip.h>
