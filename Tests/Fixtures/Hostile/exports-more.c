/* SPDX-License-Identifier: Apache-2.0 */

__attribute__((visibility("default"))) int malloc_usable_size_of_my_own(void);
int malloc_usable_size_of_my_own(void) { return 1; }

#include "plugin.h"
