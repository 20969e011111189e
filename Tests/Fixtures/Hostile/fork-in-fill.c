/* SPDX-License-Identifier: Apache-2.0 */

#include <unistd.h>

#define IN_FILL fork()

#include "plugin.h"
