/* SPDX-License-Identifier: Apache-2.0 */

#define CONFIG "{\"parameters\": {\"p\": {\"type\": \"number\", \"default\": \"much\"}}}"

#include "plugin.h"
