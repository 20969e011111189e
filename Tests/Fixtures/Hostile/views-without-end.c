/* SPDX-License-Identifier: Apache-2.0 */

#define VIEW &views[index & 1]

#include "plugin.h"
