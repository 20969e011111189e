/* SPDX-License-Identifier: Apache-2.0 */

#include <stdio.h>

#define IN_ENTRY for (int i = 0; i < 100000; i++) puts("{\"refused\": \"me\"}")

#include "plugin.h"
