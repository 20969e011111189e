/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL free(row)

#include "plugin.h"
