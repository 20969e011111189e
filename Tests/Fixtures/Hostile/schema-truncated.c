/* SPDX-License-Identifier: Apache-2.0 */

#define SCHEMA_SIZE 24

#include "plugin.h"
