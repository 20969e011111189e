/* SPDX-License-Identifier: Apache-2.0 */

#define SCHEMA NULL

#include "plugin.h"
