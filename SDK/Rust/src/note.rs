// SPDX-License-Identifier: Apache-2.0

use crate::abi;

/// A library's ELF note, as `note.h` has it: the ABI, and the plugin's id and version, for whoever does not load the
/// library. [`plugin!`](crate::plugin) puts one into it.
#[repr(C, align(4))]
pub struct Note<const TEXTS: usize> {
    owner_size: u32,
    content_size: u32,
    kind: u32,
    owner: [u8; 8],
    abi_major: u32,
    abi_minor: u32,
    /// Id and version, each with a NUL at its end.
    texts: [u8; TEXTS],
}

impl<const TEXTS: usize> Note<TEXTS> {
    /// The note of a plugin; TEXTS is the length of both texts with their NULs.
    pub const fn new(id: &str, version: &str) -> Note<TEXTS> {
        let (id, version) = (id.as_bytes(), version.as_bytes());
        assert!(TEXTS == id.len() + version.len() + 2);
        let mut texts = [0; TEXTS];
        let mut i = 0;
        while i < id.len() {
            texts[i] = id[i];
            i += 1;
        }
        i = 0;
        while i < version.len() {
            texts[id.len() + 1 + i] = version[i];
            i += 1;
        }
        Note {
            owner_size: 7,
            content_size: 8 + TEXTS as u32,
            kind: 1,
            owner: *b"Induct\0\0",
            abi_major: abi::ABI_MAJOR,
            abi_minor: abi::ABI_MINOR,
            texts,
        }
    }
}
