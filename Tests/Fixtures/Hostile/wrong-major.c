/* SPDX-License-Identifier: Apache-2.0 */

#define MAJOR 7

#include "plugin.h"
