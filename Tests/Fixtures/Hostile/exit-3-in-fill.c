/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL exit(3)

#include "plugin.h"
