/* SPDX-License-Identifier: Apache-2.0 */

#include <signal.h>

static void ignore(int number) { (void)number; }

#define IN_ENTRY signal(SIGSEGV, ignore)

#include "plugin.h"
