/* SPDX-License-Identifier: Apache-2.0 */

#define INSTEAD_OF_FILL (void)0

#include "plugin.h"
