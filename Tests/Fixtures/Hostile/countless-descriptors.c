/* SPDX-License-Identifier: Apache-2.0 */

#define DESCRIPTOR_COUNT 4000000000u

#include "plugin.h"
