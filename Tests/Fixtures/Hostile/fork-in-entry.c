/* SPDX-License-Identifier: Apache-2.0 */

#include <unistd.h>

#define IN_ENTRY fork()

#include "plugin.h"
