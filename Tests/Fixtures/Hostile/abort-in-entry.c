/* SPDX-License-Identifier: Apache-2.0 */

#define IN_ENTRY abort()

#include "plugin.h"
