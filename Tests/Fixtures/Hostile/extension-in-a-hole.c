/* SPDX-License-Identifier: Apache-2.0 */

#define EXTENSION (const void *)8

#include "plugin.h"
