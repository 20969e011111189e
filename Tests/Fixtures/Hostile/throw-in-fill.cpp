/* SPDX-License-Identifier: Apache-2.0 */

#define IN_FILL throw 42

#include "plugin.h"
