/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  induct.host.kernels/1: the host's numerical kernels, compiled once per instruction set.
 * Lifetime: the table lives as long as the process.
 * Threads:  every kernel is [thread-safe], runs in the calling thread, allocates nothing and never fails. Calls that
 *           overlap need scratch and outputs of their own.
 * Version:  1.0, draft.
 *
 * All matrices are float32 and row-major, `ld` counts elements from row to row. Inputs and outputs must not overlap
 * unless a kernel says so. Scratch is 64-byte aligned and at least `scratch_size` bytes, whatever the shapes.
 * Results are the same bits for the same arguments under one variant. Results with a row dimension do not depend, row by
 * row, on how many rows are given in one call. Random numbers are the same bits under every variant. */

#ifndef INDUCT_KERNELS_H
#define INDUCT_KERNELS_H

#include <induct/abi.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_HOST_KERNELS "induct.host.kernels/1" /* const induct_kernels * */

#define INDUCT_ACTIVATION_NONE 0u
#define INDUCT_ACTIVATION_RELU 1u
#define INDUCT_ACTIVATION_GELU 2u /* tanh form: x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))) */
#define INDUCT_ACTIVATION_SILU 3u /* x / (1 + exp(-x)) */
#define INDUCT_ACTIVATION_TANH 4u
#define INDUCT_ACTIVATION_SIGMOID 5u

/* c = epilogue(op(a) op(b)), [m, n] = [m, k] [k, n]. In this order: product; + c when `accumulate`; + bias by column;
 * activation, its derivative there stored to `slope`; times factor; + residual; store to c. The gradient of a layer thus
 * takes what the forward product left in `slope` as the `factor` of the product that gives its input gradient. */
typedef struct induct_gemm {
    uint32_t struct_size;
    uint32_t activation;
    uint32_t transpose_a; /* 1: a is stored [k, m] */
    uint32_t transpose_b; /* 1: b is stored [n, k] */
    uint32_t accumulate;
    uint32_t reserved;
    int64_t m, n, k;
    const float *a;
    int64_t lda;
    const float *b;
    int64_t ldb;
    float *c;
    int64_t ldc;
    const float *bias;     /* [n] or NULL */
    const float *residual; /* [m, n] or NULL; may be c itself */
    int64_t ld_residual;
    float *slope; /* [m, n] or NULL: written */
    int64_t ld_slope;
    const float *factor; /* [m, n] or NULL */
    int64_t ld_factor;
    float *column_sums; /* with transpose_a, [m] or NULL: sum over k of op(a), the bias gradient that comes with the
                           weight gradient; added to when `accumulate` */
    void *scratch;
} induct_gemm;
INDUCT_ASSERT_SIZE(induct_gemm, 168);

/* y = (x - mean) / sqrt(variance + epsilon) * gain + bias over the columns of each row; `mean` and `bias` NULL: RMS norm,
 * y = x / sqrt(mean(x^2) + epsilon) * gain. */
typedef struct induct_norm {
    uint32_t struct_size;
    uint32_t accumulate; /* backward: add to the gradients of gain and bias instead of writing them */
    int64_t rows, columns;
    float epsilon;
    uint32_t center; /* 1: layer norm; 0: RMS norm */
    const float *x;  /* [rows, columns], as are y, dy, dx */
    const float *gain;
    const float *bias;   /* NULL = none */
    float *y;            /* forward */
    float *mean;         /* [rows], written forward, read backward; unused for RMS norm */
    float *inverse;      /* [rows], 1 / sqrt(...), written forward, read backward */
    const float *dy;     /* backward */
    const float *dresidual; /* backward: added to dx, may be dx itself; NULL = none */
    float *dx;
    float *dgain;
    float *dbias; /* NULL = none */
    void *scratch;
} induct_norm;
INDUCT_ASSERT_SIZE(induct_norm, 128);

/* Scaled dot-product attention of `batch` sequences. Query head h uses key/value head h / (heads / key_value_heads).
 * q [batch * length, heads * head_size] with row stride ldq, k and v [batch * length, key_value_heads * head_size] with
 * row stride ldkv (so that all three may lie in one matrix), out and its gradient with row stride ldo.
 * score(i, j) = scale * q_i . k_j + slope_h * (j - i) + relative[h][i - j], for j <= i when causal.
 * head_size is 2048 at most: a larger call writes nothing. */
typedef struct induct_attention {
    uint32_t struct_size;
    uint32_t causal;
    int64_t batch, length, heads, key_value_heads, head_size;
    float scale;
    uint32_t reserved;
    const float *q;
    const float *k;
    const float *v;
    int64_t ldq, ldkv, ldo;
    float *out;     /* written forward, read backward */
    float *log_sum; /* [batch, heads, length], ln sum_j exp(score), written forward, read backward */
    float *probabilities; /* forward: [batch, heads, length, length] or NULL: also write the attention pattern */
    const float *slopes;  /* [heads] or NULL */
    const float *relative; /* [heads, length] or NULL */
    const float *dout; /* backward, row stride ldo */
    float *dq;         /* row stride ldq; written */
    float *dk;         /* row stride ldkv; written */
    float *dv;
    float *drelative; /* [heads, length] or NULL; added to */
    void *scratch;
} induct_attention;
INDUCT_ASSERT_SIZE(induct_attention, 192);

/* Softmax cross-entropy over rows, forward and backward in one pass. */
typedef struct induct_cross_entropy {
    uint32_t struct_size;
    uint32_t reserved;
    int64_t rows, classes;
    const float *logits;    /* [rows, classes] */
    const int32_t *targets; /* [rows], in [0, classes); rows with a target outside give loss NaN and gradient 0 */
    const float *weights;   /* [rows] or NULL = 1: factor on gradients */
    float scale;            /* factor on gradients: 1 / number of positions */
    float label_smoothing;  /* in [0, 1): target law (1 - s) one-hot + s uniform */
    float *losses;          /* [rows] unweighted, nats, or NULL */
    float *log_probabilities; /* [rows, classes] or NULL */
    float *dlogits;           /* [rows, classes] or NULL; may be logits itself */
} induct_cross_entropy;
INDUCT_ASSERT_SIZE(induct_cross_entropy, 80);

/* One step of Adam or AdamW on `count` values (Kingma and Ba 2015, algorithm 1; Loshchilov and Hutter 2019):
 * g' = gradient_scale * g (+ decay * p when not decoupled); m = b1 m + (1 - b1) g'; v = b2 v + (1 - b2) g'^2;
 * p = p - rate * (correction1 * m) / (sqrt(correction2 * v) + epsilon) (- rate * decay * p when decoupled). */
typedef struct induct_adam {
    uint32_t struct_size;
    uint32_t decoupled;
    int64_t count;
    float *parameters;
    const float *gradients;
    float *first_moment;
    float *second_moment;
    float rate, beta1, beta2, epsilon, decay, gradient_scale;
    float correction1, correction2; /* 1 / (1 - beta^t) */
} induct_adam;
INDUCT_ASSERT_SIZE(induct_adam, 80);

/* One step of gradient descent with momentum (momentum buffer b): b = momentum b + g'; p = p - rate * (nesterov ?
 * g' + momentum b : b), g' = gradient_scale * g + decay * p. */
typedef struct induct_sgd {
    uint32_t struct_size;
    uint32_t nesterov;
    int64_t count;
    float *parameters;
    const float *gradients;
    float *momentum_buffer; /* NULL when momentum = 0 */
    float rate, momentum, decay, gradient_scale;
} induct_sgd;
INDUCT_ASSERT_SIZE(induct_sgd, 56);

/* Sequences of a hidden Markov model, by the integer thresholds of random.h: state s emits outcome o when the draw u
 * satisfies threshold[s][o-1] <= u < threshold[s][o]; thresholds[s][outcomes-1] counts as 2^32 whatever it holds.
 * Sample i draws from the stream (seed, purpose, i): word 0 chooses the start, word t the outcome t. */
typedef struct induct_hmm_sample {
    uint32_t struct_size;
    uint32_t purpose;
    uint64_t seed;
    uint64_t first;
    uint64_t count;
    int64_t length;
    uint32_t states;
    uint32_t outcomes;                /* per state, at most; unused ones have zero width and repeat the last
                                         used one, since a threshold of 2^32 - 1 leaves one draw to them */
    const uint32_t *start_thresholds; /* [states] cumulative */
    const uint32_t *thresholds;       /* [states, outcomes] cumulative */
    const uint32_t *outcome_token;    /* [states, outcomes] */
    const uint32_t *outcome_state;    /* [states, outcomes] the next state */
    int32_t *tokens;                  /* [count, length] */
    int64_t ld_tokens;
    uint32_t *start_states; /* [count] or NULL: the state each sequence started from */
} induct_hmm_sample;
INDUCT_ASSERT_SIZE(induct_hmm_sample, 104);

/* Beliefs of a (generalised) hidden Markov model along given sequences, in double: eta = start T_{x1} ... T_{xn},
 * P(x1 ... xn) = eta . right, and the next token's law is eta emission / (eta . right). Results have length + 1 rows for
 * every sequence, the empty prefix first.
 * The states are cut into blocks that no edge connects, the components of a mixture: each is scaled by powers of two of
 * its own, so that none is lost however improbable a long context makes it.
 * Row by row a sequence's results do not depend on the other sequences of the call. */
typedef struct induct_hmm_filter {
    uint32_t struct_size;
    uint32_t states;
    uint32_t tokens;
    uint32_t blocks;
    uint32_t components;
    uint32_t reserved;
    uint64_t count;
    int64_t length;
    const uint32_t *block_start;    /* [blocks + 1] block b holds the states block_start[b] .. block_start[b + 1] - 1 */
    const uint32_t *block_component; /* [blocks] in [0, components); NULL where no posterior is wanted */
    const uint32_t *edge_start;     /* [states + 1] state j is entered by the edges edge_start[j] .. edge_start[j+1] - 1 */
    const uint32_t *edge_from;      /* [edges] the state that an edge leaves, in the block of j */
    const double *edge_probability; /* [edges, tokens] P(emit x, enter j | from) */
    const double *start;            /* [states] */
    const double *right;            /* [states] or NULL: all ones */
    const double *emission;         /* [tokens, states] P(x | state) */
    double impossible; /* P(x | prefix, block) up to this is taken for 0: what rounding may leave of an impossible token;
                          where it is not 0, each law of the next token is divided by its sum */
    const int32_t *sequences; /* [count, length] of tokens in [0, tokens) */
    int64_t ld_sequences;
    double *predictive;      /* [count, length + 1, tokens] law of the next token; NULL = not wanted */
    double *belief;          /* [count, length + 1, states] eta / (eta . right); NULL = not wanted */
    double *posterior;       /* [count, length + 1, components] P(component | prefix); NULL = not wanted */
    double *log_probability; /* [count, length + 1] ln P(prefix); NULL = not wanted. After an impossible prefix
                                -infinity, and the other results NaN */
    uint8_t *doubtful; /* [count] or NULL: 1 where a state's share fell below 2^-900 of its block's, so that what is lost
                          later may be a rounding to zero; never for a model with `right` */
    double *workspace; /* [8 (2 states + tokens + components + 3 blocks)], 64-byte aligned */
} induct_hmm_filter;
INDUCT_ASSERT_SIZE(induct_hmm_filter, 176);

typedef struct induct_kernels {
    uint32_t struct_size;
    uint32_t reserved;
    const char *variant;   /* "reference", "x86-64-v2", "x86-64-v3", "x86-64-v4", "arm64" */
    uint64_t scratch_size; /* bytes of scratch that any kernel here may use */

    void (*gemm)(const induct_gemm *call);
    void (*norm)(const induct_norm *call);
    void (*norm_backward)(const induct_norm *call);
    void (*attention)(const induct_attention *call);
    void (*attention_backward)(const induct_attention *call);
    void (*cross_entropy)(const induct_cross_entropy *call);

    /* y = f(x); dx = dy * f'(x). `y` may be `x`, `dx` may be `dy`. */
    void (*activation)(uint32_t kind, int64_t count, const float *x, float *y);
    void (*activation_backward)(uint32_t kind, int64_t count, const float *x, const float *dy, float *dx);
    /* Gated unit (Shazeer 2020): y = f(gate) * up, where row r of x holds gate [width] then up [width]; backward writes dx
     * [rows, 2 * width]. */
    void (*gated)(uint32_t kind, int64_t rows, int64_t width, const float *x, float *y);
    void (*gated_backward)(uint32_t kind, int64_t rows, int64_t width, const float *x, const float *dy, float *dx);

    /* Rotates pairs (j, j + head_size / 2) of every head in place, half-split form (Su et al. 2021); row r has position
     * r % length; cosine and sine are [length, head_size / 2]. direction 1, or -1 for the gradient. */
    void (*rotary)(int64_t rows, int64_t length, int64_t heads, int64_t head_size, float *x, int64_t ldx,
                   const float *cosine, const float *sine, int32_t direction);

    /* y[r] = table[tokens[r]] + positions[r % length]; `positions` may be NULL. Tokens must lie in [0, vocabulary). */
    void (*embedding)(int64_t rows, int64_t length, int64_t width, const int32_t *tokens, const float *table,
                      const float *positions, float *y);
    /* dtable[tokens[r]] += dy[r], dpositions[r % length] += dy[r], in order of r; either may be NULL. */
    void (*embedding_backward)(int64_t rows, int64_t length, int64_t width, const int32_t *tokens, const float *dy,
                               float *dtable, float *dpositions);

    /* Row-wise softmax, in place allowed; and its gradient dx = y * (dy - sum(dy * y)); dx may be dy. */
    void (*softmax)(int64_t rows, int64_t columns, const float *x, float *y);
    void (*softmax_backward)(int64_t rows, int64_t columns, const float *y, const float *dy, float *dx);

    /* Element-wise, any count. add: y += x. scale: x *= factor. */
    void (*add)(int64_t count, const float *x, float *y);
    void (*scale)(int64_t count, float factor, float *x);
    /* Sum of squares, in double, in an order fixed by count alone. */
    double (*sum_of_squares)(int64_t count, const float *x);
    /* y[j] = sum over rows of x[r][j] (+ y[j] when accumulate). */
    void (*column_sums)(int64_t rows, int64_t columns, const float *x, int64_t ldx, float *y, uint32_t accumulate);

    void (*adam)(const induct_adam *call);
    void (*sgd)(const induct_sgd *call);

    /* Bulk randomness, bit for bit that of random.h: words [first, first + count) of the stream (seed, purpose, index). */
    void (*random_words)(uint64_t seed, uint32_t purpose, uint64_t index, uint64_t first, uint64_t count,
                         uint32_t *words);
    void (*random_uniforms)(uint64_t seed, uint32_t purpose, uint64_t index, uint64_t first, uint64_t count,
                            float *uniforms);
    void (*random_normals)(uint64_t seed, uint32_t purpose, uint64_t index, uint64_t first, uint64_t count,
                           float *normals);
    void (*hmm_sample)(const induct_hmm_sample *call);
    void (*hmm_filter)(const induct_hmm_filter *call);
} induct_kernels;

INDUCT_EXTERN_C_END

#endif
