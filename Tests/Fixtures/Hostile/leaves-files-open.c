/* SPDX-License-Identifier: Apache-2.0 */

#include <fcntl.h>

#define IN_CREATE (void)!open("/dev/null", O_RDONLY)

#include "plugin.h"
