/* SPDX-License-Identifier: Apache-2.0 */

#define IN_ENTRY exit(3)

#include "plugin.h"
