/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL return INDUCT_CANCELLED

#include "plugin.h"
