/* SPDX-License-Identifier: Apache-2.0 */

#include <induct/note.h>

INDUCT_NOTE("org.induct.architectures", "0.1.0");
