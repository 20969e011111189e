/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/note.h>

INDUCT_NOTE("org.example.hostile", "2.0.0");

#include "plugin.h"
