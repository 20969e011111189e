# SPDX-License-Identifier: Apache-2.0
"""The bits of random.h, compiled from the header itself."""

import ctypes
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

from induct import random

_CODE = """
#include <induct/random.h>
void words(uint64_t seed, uint32_t purpose, uint64_t index, uint32_t *out, uint64_t n) {
    for (uint64_t w = 0; w < n; w++) out[w] = induct_random_word(seed, purpose, index, w);
}
void normals(const uint32_t *w, float *out, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) out[i] = induct_normal_float(w[i]);
}
void floats(const uint32_t *w, float *out, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) out[i] = induct_uniform_float(w[i]);
}
void doubles(const uint32_t *w, double *out, uint64_t n) {
    for (uint64_t i = 0; i + 1 < n; i++) out[i] = induct_uniform_double(w[i], w[i + 1]);
}
void below(const uint32_t *w, uint32_t *out, uint64_t n, uint32_t b) {
    for (uint64_t i = 0; i < n; i++) out[i] = induct_random_below(w[i], b);
}
void thresholds(const double *p, uint32_t *out, uint64_t n) {
    for (uint64_t i = 0; i < n; i++) out[i] = induct_threshold(p[i]);
}
uint64_t derive(uint64_t seed, uint64_t salt) { return induct_random_derive(seed, salt); }
"""


@unittest.skipUnless(shutil.which("cc"), "there is no C compiler")
class HeaderBits(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.scratch = tempfile.TemporaryDirectory()
        source, library = Path(cls.scratch.name, "random.c"), Path(cls.scratch.name, "random.so")
        source.write_text(_CODE)
        headers = Path(__file__).parents[2] / "C" / "include"
        subprocess.run(["cc", "-O1", "-shared", "-fPIC", f"-I{headers}", source, "-o", library, "-lm"], check=True)
        cls.library = ctypes.CDLL(str(library))
        ends = np.concatenate([np.arange(2000), 2**32 - 1 - np.arange(2000), (np.arange(64) - 32) + int(0.075 * 2**32)])
        inside = random.words(9, 0, np.arange(500, dtype=np.uint64), 64).ravel()
        cls.sample = np.concatenate([ends.astype(np.uint32), inside, inside >> np.uint32(12)])

    @classmethod
    def tearDownClass(cls) -> None:
        cls.scratch.cleanup()

    def c(self, name: str, given: np.ndarray, dtype: type, *more: object) -> np.ndarray:
        out = np.zeros(given.size, dtype)
        pointer = ctypes.c_void_p
        getattr(self.library, name)(
            pointer(given.ctypes.data), pointer(out.ctypes.data), ctypes.c_uint64(given.size), *more
        )
        return out

    def test_words_of_streams_and_their_parts(self) -> None:
        for seed, purpose, index in ((1, 0, 0), (2**64 - 1, random.purpose(1, 7), 2**40 + 3), (12345, 258, 2**32 - 1)):
            out = np.zeros(37, np.uint32)
            self.library.words(
                ctypes.c_uint64(seed),
                ctypes.c_uint32(purpose),
                ctypes.c_uint64(index),
                ctypes.c_void_p(out.ctypes.data),
                ctypes.c_uint64(37),
            )
            for start in (0, 1, 4, 7):
                drawn = random.words(seed, purpose, index, 37 - start, start)
                np.testing.assert_array_equal(drawn, out[start:])

    def test_normals(self) -> None:
        mine, theirs = random.normal_float(self.sample), self.c("normals", self.sample, np.float32)
        np.testing.assert_array_equal(mine.view(np.uint32), theirs.view(np.uint32))

    def test_uniforms(self) -> None:
        np.testing.assert_array_equal(random.uniform_float(self.sample), self.c("floats", self.sample, np.float32))
        doubles = random.uniform_double(self.sample[:-1], self.sample[1:])
        np.testing.assert_array_equal(doubles, self.c("doubles", self.sample, np.float64)[:-1])

    def test_integers(self) -> None:
        for bound in (1, 3, 1000, 2**32 - 1):
            expected = self.c("below", self.sample, np.uint32, ctypes.c_uint32(bound))
            np.testing.assert_array_equal(random.below(self.sample, bound), expected)

    def test_thresholds(self) -> None:
        p = np.array([-1.0, 0.0, 1e-300, 2.0**-33, 2.0**-32, 0.1, 0.5, 1 - 2.0**-33, 1.0, 2.0, np.nan])
        np.testing.assert_array_equal(random.threshold(p), self.c("thresholds", p, np.uint32))

    def test_derived_seeds(self) -> None:
        self.library.derive.restype = ctypes.c_uint64
        for seed, salt in ((1, 1), (2**63 + 5, 77)):
            expected = self.library.derive(ctypes.c_uint64(seed), ctypes.c_uint64(salt))
            self.assertEqual(random.derive(seed, salt), expected)


class KnownAnswers(unittest.TestCase):
    """Source: the Random123 distribution, kat_vectors, philox4x32 10."""

    def test_philox(self) -> None:
        zero = random.philox([0, 0, 0, 0], (0, 0))
        self.assertEqual([hex(w) for w in zero], ["0x6627e8d5", "0xe169c58d", "0xbc57ac4c", "0x9b00dbd8"])
        ones = random.philox([2**32 - 1] * 4, (2**32 - 1, 2**32 - 1))
        self.assertEqual([hex(w) for w in ones], ["0x408f276d", "0x41c83b0e", "0xa20bc7c6", "0x6d5451fd"])
