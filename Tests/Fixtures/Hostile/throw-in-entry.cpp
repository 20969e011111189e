/* SPDX-License-Identifier: Apache-2.0 */

#include <stdexcept>

#define IN_ENTRY throw std::runtime_error("I will not be loaded")

#include "plugin.h"
