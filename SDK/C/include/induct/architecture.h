/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  architectures: parameters, forward and backward pass, and looks inside.
 * Lifetime: an instance lives from `create` to `destroy`. Parameters, gradients, workspaces and outputs are the host's.
 * Threads:  passes are [run]. Passes of different slots may overlap; passes of one slot never do.
 * Version:  1.0, draft.
 *
 * The host cuts a batch into shards; each has a slot with a workspace of its own. `backward` follows the `forward` of its
 * slot, with the same tensors and the workspace untouched in between. A plugin may keep state per slot as well. */

#ifndef INDUCT_ARCHITECTURE_H
#define INDUCT_ARCHITECTURE_H

#include <induct/schema.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_ARCHITECTURE_FACTORY "induct.architecture/1"
#define INDUCT_ARCHITECTURE_ACTIVATIONS "induct.architecture.activations/1"     /* const induct_points * */
#define INDUCT_ARCHITECTURE_ATTENTION "induct.architecture.attention/1"         /* const induct_points * */
#define INDUCT_ARCHITECTURE_INTERVENTIONS "induct.architecture.interventions/1" /* const induct_points * */
#define INDUCT_ARCHITECTURE_STATE "induct.architecture.state/1"                 /* const induct_architecture_state * */
#define INDUCT_ARCHITECTURE_ONLINE "induct.architecture.online/1"               /* const induct_online * */

/* How the host fills a parameter at the start. All are float32. */
#define INDUCT_INITIALISER_ZEROS 0u
#define INDUCT_INITIALISER_CONSTANT 1u         /* a */
#define INDUCT_INITIALISER_NORMAL 2u           /* mean a, standard deviation b */
#define INDUCT_INITIALISER_UNIFORM 3u          /* [a, b) */
#define INDUCT_INITIALISER_TRUNCATED_NORMAL 4u /* mean a, standard deviation b before truncation at two of them */

#define INDUCT_PARAMETER_FROZEN 1u     /* not trained by the optimiser */
#define INDUCT_PARAMETER_NOT_DECAYED 2u /* weight decay leaves it alone (biases, gains) */
#define INDUCT_PARAMETER_ONLINE 4u     /* state of an online rule: implies frozen, written by `observe` */

typedef struct induct_parameter {
    uint32_t struct_size;
    uint32_t flags;
    const char *name; /* unique, dots between levels: "blocks.0.attention.query.weight" */
    const int64_t *shape;
    int32_t rank;
    uint32_t initialiser; /* INDUCT_INITIALISER_... */
    double a;
    double b;
} induct_parameter;
INDUCT_ASSERT_SIZE(induct_parameter, 48);

#define INDUCT_OUTPUT_LOGITS 0u        /* unnormalised log-probabilities */
#define INDUCT_OUTPUT_PROBABILITIES 1u /* non-negative, each row sums to 1 */
#define INDUCT_OUTPUT_VALUES 2u        /* regression */

#define INDUCT_MODE_TRAIN 0u
#define INDUCT_MODE_EVALUATE 1u /* nothing is kept for a backward pass; no dropout */

/* A wish to see, or to change, a named point inside this forward pass. */
#define INDUCT_REQUEST_READ 0u    /* write the point's values into `tensor` */
#define INDUCT_REQUEST_REPLACE 1u /* replace the point's values by `tensor` */
#define INDUCT_REQUEST_ADD 2u     /* add `tensor` to the point's values */

typedef struct induct_request {
    uint32_t struct_size;
    uint32_t action; /* INDUCT_REQUEST_... */
    const char *point;
    induct_tensor *tensor; /* float32, the point's shape with batch and length bound */
    const float *mask;     /* [count, length]: changes happen where it is not 0; NULL = everywhere */
} induct_request;
INDUCT_ASSERT_SIZE(induct_request, 32);

/* One pass over a shard, forward or backward; for architectures and gates. */
typedef struct induct_pass {
    uint32_t struct_size;
    uint32_t mode; /* INDUCT_MODE_... */
    uint32_t slot;
    uint32_t accumulate; /* backward: 0 = write the gradients, 1 = add to them */
    uint64_t step;       /* of training, for counter-based dropout */
    uint64_t seed;       /* of the dropout stream */
    uint64_t first;      /* index of the first row within the whole batch: dropout does not depend on sharding */
    uint64_t count;      /* rows of this shard */
    int64_t length;      /* items of the inputs */
    uint32_t tensor_count;
    uint32_t expert_count;
    const induct_tensor *const *tensors; /* in the schema's order; inputs, and keys for models with online/1; the others NULL */
    const float *const *parameters;      /* in the order of `parameter` */
    void *workspace;                     /* of this slot, 64-byte aligned */
    uint64_t workspace_size;             /* at least what `workspace_size` asked for */
    float *outputs;                      /* [count, P, classes or outputs]; gates: [count, P, K] */
    const float *output_gradients;       /* backward: d loss / d outputs */
    float *const *gradients;             /* backward: by parameter; NULL for frozen ones */
    const float *const *experts;         /* gates: K predictions [count, P, classes or outputs], probabilities or values */
    uint32_t request_count;
    uint32_t reserved;
    const induct_request *const *requests;
} induct_pass;
INDUCT_ASSERT_SIZE(induct_pass, 144);

typedef struct induct_architecture induct_architecture;

struct induct_architecture {
    uint32_t struct_size;
    uint32_t output; /* INDUCT_OUTPUT_... */
    void *instance;  /* the plugin's own */
    /* [setup] */
    void (*destroy)(const induct_architecture *self);
    /* [thread-safe] The parameter with this index, or NULL past the last one. */
    const induct_parameter *(*parameter)(const induct_architecture *self, uint32_t index);
    /* [thread-safe] Bytes of workspace that a pass over `count` rows of `length` items needs. */
    uint64_t (*workspace_size)(const induct_architecture *self, uint32_t mode, uint64_t count, int64_t length);
    /* [run] Writes every output. */
    induct_status (*forward)(const induct_architecture *self, const induct_pass *pass, induct_error *error);
    /* [run] Writes or adds every gradient. NULL: it cannot be trained by gradient. */
    induct_status (*backward)(const induct_architecture *self, const induct_pass *pass, induct_error *error);
    /* [thread-safe] */
    const void *(*get_extension)(const induct_architecture *self, const char *extension_id);
};
INDUCT_ASSERT_SIZE(struct induct_architecture, 64);

typedef struct induct_architecture_factory {
    uint32_t struct_size;
    uint32_t descriptor_count;
    const induct_descriptor *const *descriptors;
    /* [setup] */
    induct_status (*create)(const induct_create *call, const induct_architecture **architecture, induct_error *error);
} induct_architecture_factory;
INDUCT_ASSERT_SIZE(induct_architecture_factory, 24);

/* ---- activations/1, attention/1, interventions/1: named points --------------------------------------------------- */

typedef struct induct_point {
    uint32_t struct_size;
    int32_t rank;
    const char *name;     /* "blocks.0.residual", "blocks.0.attention" */
    const int64_t *shape; /* with INDUCT_DIMENSION_BATCH and INDUCT_DIMENSION_LENGTH */
} induct_point;
INDUCT_ASSERT_SIZE(induct_point, 24);

/* The points that requests may name. Attention: [batch, heads, length, length], rows are queries. */
typedef struct induct_points {
    uint32_t struct_size;
    uint32_t count;
    const induct_point *const *points;
} induct_points;
INDUCT_ASSERT_SIZE(induct_points, 16);

/* ---- state/1: recurrent decoding, one item at a time ---------------------------------------------------------------- */

typedef struct induct_architecture_state {
    uint32_t struct_size;
    uint32_t reserved;
    /* [thread-safe] Bytes of state for `count` sequences of at most `length` items. */
    uint64_t (*size)(const induct_architecture *self, uint64_t count, int64_t length);
    /* [run] The state before the first item. */
    induct_status (*reset)(const induct_architecture *self, void *state, uint64_t count, induct_error *error);
    /* [run] Takes the pass's inputs as item `position` of every sequence (length = 1), moves the state on, and writes the
     * outputs for that item. */
    induct_status (*advance)(const induct_architecture *self, void *state, int64_t position, const induct_pass *pass,
                             induct_error *error);
} induct_architecture_state;
INDUCT_ASSERT_SIZE(induct_architecture_state, 32);

/* ---- online/1: rules that learn from the stream, for architectures and gates --------------------------------------
 *
 * Called once a step with the whole batch, in sample order, after the predictions were made. What the rule remembers
 * lives in parameters flagged INDUCT_PARAMETER_ONLINE, so that it is checkpointed and resumed. */
typedef struct induct_observation {
    uint32_t struct_size;
    uint32_t tensor_count;
    uint64_t step;
    uint64_t count;
    int64_t length;
    const induct_tensor *const *tensors; /* the whole batch in the schema's order, targets and keys included */
    float *const *parameters;            /* all parameters; only those flagged online may be written */
    const float *outputs;                /* [count, P, ...] what this architecture or gate predicted */
    const float *expert_losses;          /* gates: [count, P, K], else NULL */
    uint64_t expert_count;
} induct_observation;
INDUCT_ASSERT_SIZE(induct_observation, 72);

typedef struct induct_online {
    uint32_t struct_size;
    uint32_t reserved;
    /* [run] */
    induct_status (*observe)(const induct_architecture *self, const induct_observation *call, induct_error *error);
} induct_online;
INDUCT_ASSERT_SIZE(induct_online, 16);

INDUCT_EXTERN_C_END

#endif
