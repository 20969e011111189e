/* SPDX-License-Identifier: Apache-2.0 */

#include "raw-note.h"

RAW_NOTE(note, 7, 27, 1, 0, "org.example.hostile");

#include "plugin.h"
