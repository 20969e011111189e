/* SPDX-License-Identifier: Apache-2.0 */

#define GET_FACTORY NULL

#include "plugin.h"
