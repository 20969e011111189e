/* SPDX-License-Identifier: Apache-2.0 */

#include <unistd.h>

#define IN_FILL if (fork() == 0) setsid(), sleep(5), _exit(0); else _exit(0)

#include "plugin.h"
