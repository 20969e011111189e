/* SPDX-License-Identifier: Apache-2.0 */

#define PLUGIN_SIZE 0xfffffff0u

#include "plugin.h"
