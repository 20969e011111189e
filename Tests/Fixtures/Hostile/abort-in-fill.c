/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL abort()

#include "plugin.h"
