/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL row[-1] = 7

#include "plugin.h"
