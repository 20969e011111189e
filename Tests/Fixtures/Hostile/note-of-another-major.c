/* SPDX-License-Identifier: Apache-2.0 */

#include "raw-note.h"

/* Whoever runs any of it is too late. */
#define IN_ENTRY abort()

RAW_NOTE(note, 7, 34, 7, 0, "org.example.hostile\0" "1.0.0\0");

#include "plugin.h"
