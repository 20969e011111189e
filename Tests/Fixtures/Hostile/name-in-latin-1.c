/* SPDX-License-Identifier: Apache-2.0 */

#define NAME "m\xfcnze"

#include "plugin.h"
