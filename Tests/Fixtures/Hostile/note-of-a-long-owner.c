/* SPDX-License-Identifier: Apache-2.0 */

#include "raw-note.h"

RAW_NOTE(note, 0xffffffff, 34, 1, 0, "org.example.hostile\0" "1.0.0\0");

#include "plugin.h"
