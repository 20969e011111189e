/* SPDX-License-Identifier: Apache-2.0 */

/* Prints a digest of every mapping of random.h over many words: one text, whatever compiled it. */

#include <induct/random.h>
#include <stdio.h>
#include <string.h>

static uint64_t digest(uint64_t hash, const void *bytes, size_t count) {
    const unsigned char *byte = (const unsigned char *)bytes;
    for (size_t i = 0; i < count; i++) hash = (hash ^ byte[i]) * 0x100000001b3u; /* FNV-1a */
    return hash;
}

int main(void) {
    uint64_t floats = 0xcbf29ce484222325u, doubles = floats, integers = floats, thresholds = floats, seeds = floats;
    for (uint32_t block = 0; block < 20000; block++) {
        uint32_t word[4];
        induct_random_block(0x0123456789abcdefu, INDUCT_PURPOSE(1, 7), (uint64_t)block << 20, block, word);
        const float single = induct_uniform_float(word[0]);
        const double wide = induct_uniform_double(word[1], word[2]);
        const uint32_t below = induct_random_below(word[3], 1 + block % 97);
        const uint32_t threshold = induct_threshold(wide);
        const uint64_t seed = induct_random_derive(word[0], block);
        if (single < 0 || single >= 1 || wide < 0 || wide >= 1 || below > block % 97) return 1;
        floats = digest(floats, &single, sizeof single);
        doubles = digest(doubles, &wide, sizeof wide);
        integers = digest(integers, &below, sizeof below);
        thresholds = digest(thresholds, &threshold, sizeof threshold);
        seeds = digest(seeds, &seed, sizeof seed);
    }
    printf("%016llx %016llx %016llx %016llx %016llx\n", (unsigned long long)floats, (unsigned long long)doubles,
           (unsigned long long)integers, (unsigned long long)thresholds, (unsigned long long)seeds);
    return 0;
}
