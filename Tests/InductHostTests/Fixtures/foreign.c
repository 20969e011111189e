/* SPDX-License-Identifier: Apache-2.0 */

/* A library that knows nothing of Induct: functions of the forms that foreign manifests are tested with. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Fills an array, and changes the state that it is given. */
void fill_uniform(double *values, size_t count, uint64_t *state) {
    for (size_t i = 0; i < count; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        values[i] = (double)(*state >> 11) * 0x1p-53;
    }
}

/* Three tokens a call. */
int32_t three(uint16_t state[2], int32_t out[3]) {
    for (int i = 0; i < 3; i++) {
        state[0] = (uint16_t)(state[0] * 75u + 74u);
        out[i] = (state[0] >> 4) % 5;
    }
    return 0;
}

/* A number that depends on the seed alone. */
uint32_t mix(uint32_t seed, int8_t shift, const char *salt) {
    for (; *salt; salt++) seed = (seed ^ (uint8_t)*salt) * 16777619u;
    return seed >> shift;
}

/* A generator of the caller's, and a taker of the caller's. */
void walk(long count, double (*uniform)(void *), int (*take)(int32_t token, void *), void *context) {
    int32_t place = 8;
    for (long i = 0; i < count; i++) {
        place += uniform(context) < 0.5 ? -1 : 1;
        if (place < 0) place = 0;
        if (place > 15) place = 15;
        take(place, context);
    }
}

int16_t more(int value) { return (int16_t)(value * 77); }
uint8_t narrow(uint8_t (*bits)(void), int16_t (*next)(int)) { return (uint8_t)(bits() ^ (uint8_t)next(1)); }

/* A line and a point on it. */
void regression(uint64_t seed, float inputs[4], double targets[2]) {
    for (int i = 0; i < 4; i++) inputs[i] = (float)((seed >> (8 * i)) & 255) / 256;
    targets[0] = inputs[0] + inputs[1];
    targets[1] = inputs[2] - inputs[3];
}

/* Fails, with words for it. */
int moody(uint32_t seed, int32_t token[1]) {
    token[0] = (int32_t)(seed & 3);
    return token[0] == 3 ? 17 : 0;
}
const char *moody_message(int status) { return status == 17 ? "it is a bad day" : "unknown"; }

/* Things that are made and freed. */
typedef struct box { int live; uint64_t state; } box;
int boxes = 0;
static box default_box = {1, 99};
box *default_box_pointer = &default_box;
box *box_new(int value) {
    if (value < 0) return NULL;
    box *made = (box *)calloc(1, sizeof(box));
    boxes++;
    return made;
}
void box_free(box *given) {
    boxes--;
    free(given);
}
void box_seed(box *given, uint64_t seed) { given->state = seed; }
uint64_t box_next(box *given) { return given->state = given->state * 6364136223846793005u + 1; }

int wrong_token(uint32_t seed) { return seed % 2 ? 2 : 100; }
int crash(uint32_t seed) { return *(volatile int *)(uintptr_t)(seed & 0); }

double weighted(const float *losses, const double *weights, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++) sum += losses[i] * weights[i];
    return sum;
}
uint64_t fold(uint64_t value, const int32_t *tokens, size_t count) {
    for (size_t i = 0; i < count; i++) value += (uint64_t)tokens[i] << 30;
    return value;
}
uint64_t fold_join(uint64_t first, uint64_t second) { return first + second; }
void extremes(const double *values, size_t count, double *least, double *most) {
    *least = *most = values[0];
    for (size_t i = 1; i < count; i++) {
        if (values[i] < *least) *least = values[i];
        if (values[i] > *most) *most = values[i];
    }
}
