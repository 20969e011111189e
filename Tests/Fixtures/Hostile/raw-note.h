/* SPDX-License-Identifier: Apache-2.0 */

/* A note that INDUCT_NOTE would not write: its sizes and its texts are the hostile plugin's own. */

#include <stdint.h>

#define RAW_NOTE(variable, owner_bytes, content_bytes, major, minor, texts)                                          \
    __attribute__((used, section(".note.induct"), aligned(4))) static const struct {                                 \
        uint32_t owner_size, content_size, type;                                                                     \
        char owner[8];                                                                                               \
        uint32_t abi_major, abi_minor;                                                                               \
        char text[sizeof(texts) - 1];                                                                                \
    } variable = {owner_bytes, content_bytes, 1, "Induct", major, minor, texts}
