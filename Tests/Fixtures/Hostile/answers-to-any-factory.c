/* SPDX-License-Identifier: Apache-2.0 */

#define FACTORY &factory

#include "plugin.h"
