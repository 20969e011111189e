/* SPDX-License-Identifier: Apache-2.0 */

#include "raw-note.h"

/* Longer than it says: what is left is no header. */
RAW_NOTE(note, 7, 28, 1, 0, "org.example.hostile\0" "1.0.0\0");

#include "plugin.h"
