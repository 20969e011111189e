/* SPDX-License-Identifier: Apache-2.0 */

#define EXTENSION &views[0]

#include "plugin.h"
