/* SPDX-License-Identifier: Apache-2.0 */

#include <signal.h>

#define IN_FILL raise(SIGFPE)

#include "plugin.h"
