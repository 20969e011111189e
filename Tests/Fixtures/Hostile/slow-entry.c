/* SPDX-License-Identifier: Apache-2.0 */

#include <unistd.h>

#define IN_ENTRY usleep(300000)

#include "plugin.h"
