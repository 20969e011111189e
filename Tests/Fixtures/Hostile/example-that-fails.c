/* SPDX-License-Identifier: Apache-2.0 */

#define CONFIG "{\"parameters\": {}, \"examples\": [\"hostile-coin(q=1)\"]}"

#include "plugin.h"
