/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  an ELF note in a plugin's library: which ABI, which plugin, which version, read without loading it. Optional.
 * Lifetime: constant; it lies in the file and refers to nothing.
 * Threads:  constant.
 * Version:  1.0, draft.
 *
 * The note has the owner INDUCT_NOTE_OWNER and the type INDUCT_NOTE_PLUGIN; a library has at most one. Its content is
 * an induct_note, then the plugin's id and version, each with a NUL at its end. What a later version adds comes behind.
 * The host refuses a library whose note names another major version before any of it runs, and one whose note says
 * something else than its induct_plugin. */

#ifndef INDUCT_NOTE_H
#define INDUCT_NOTE_H

#include <induct/abi.h>

#define INDUCT_NOTE_OWNER "Induct"
#define INDUCT_NOTE_PLUGIN 1u

/* The beginning of the note's content. */
typedef struct induct_note {
    uint32_t abi_major; /* of induct_plugin */
    uint32_t abi_minor; /* of induct_plugin */
} induct_note;
INDUCT_STATIC_ASSERT(sizeof(induct_note) == 8, "induct_note has changed its size");

/* Sanitizers put room around variables, which a note must not have. */
#if defined(__clang__)
#define INDUCT_NOTE_ATTRIBUTE __attribute__((used, section(".note.induct"), aligned(4), no_sanitize("address")))
#else
#define INDUCT_NOTE_ATTRIBUTE __attribute__((used, section(".note.induct"), aligned(4)))
#endif

/* Puts the note into the library; once, outside of functions: INDUCT_NOTE("org.example.my-sources", "1.0.0");
 * Both are string literals. C++: INDUCT_PLUGIN does it. */
#define INDUCT_NOTE(plugin_id, plugin_version)                                                                     \
    INDUCT_NOTE_ATTRIBUTE static const struct {                                                                    \
        uint32_t owner_size, content_size, type;                                                                   \
        char owner[8];                                                                                             \
        induct_note content;                                                                                       \
        char id[sizeof(plugin_id)];                                                                                \
        char version[sizeof(plugin_version)];                                                                      \
    } induct_plugin_note = {                                                                                       \
        (uint32_t)sizeof(INDUCT_NOTE_OWNER),                                                                       \
        (uint32_t)(sizeof(induct_note) + sizeof(plugin_id) + sizeof(plugin_version)),                              \
        INDUCT_NOTE_PLUGIN,                                                                                        \
        INDUCT_NOTE_OWNER,                                                                                         \
        {INDUCT_ABI_MAJOR, INDUCT_ABI_MINOR},                                                                      \
        plugin_id,                                                                                                 \
        plugin_version}

#endif
