/* SPDX-License-Identifier: Apache-2.0 */

#define RANK 2000000000

#include "plugin.h"
