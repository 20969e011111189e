/* SPDX-License-Identifier: Apache-2.0 */

#define IN_CONSTRUCTOR exit(0)

#include "plugin.h"
