/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/note.h>

/* Id and version as the plugin's entry has them, for hosts that have not loaded it. */
INDUCT_NOTE("org.example.noisy-cycle", "1.0.0");
