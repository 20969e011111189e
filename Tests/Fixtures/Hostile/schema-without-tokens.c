/* SPDX-License-Identifier: Apache-2.0 */

#define TENSOR_NAME "words"

#include "plugin.h"
