/* SPDX-License-Identifier: Apache-2.0 */

#include <fenv.h>

#define IN_FILL fesetround(FE_UPWARD)

#include "plugin.h"
