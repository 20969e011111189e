/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  evaluators: they state what they need to see, consume it batch by batch, and give metrics.
 * Lifetime: an instance lives from `create` to `destroy`; an accumulator from `begin` to `discard`.
 * Threads:  `consume` of different accumulators may overlap; `merge` and `finish` never overlap with anything on theirs.
 * Version:  1.0, draft.
 *
 * Evaluators never call back: the host makes the passes they need and merges equal ones, so that one forward pass serves
 * all who asked for it. */

#ifndef INDUCT_EVALUATOR_H
#define INDUCT_EVALUATOR_H

#include <induct/architecture.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_EVALUATOR_FACTORY "induct.evaluator/1"

#define INDUCT_STREAM_VIEW 0u     /* fresh samples of a view */
#define INDUCT_STREAM_TRAINING 1u /* the training batches themselves, as they pass */

/* What a need may ask for; flags. */
#define INDUCT_ITEM_PREDICTIONS 1u /* log-probabilities, or values */
#define INDUCT_ITEM_LOSSES 2u
#define INDUCT_ITEM_ORACLE 4u     /* the Bayes-optimal predictive law */
#define INDUCT_ITEM_BELIEF 8u     /* of the oracle */
#define INDUCT_ITEM_POSTERIOR 16u /* of the oracle, over components */
#define INDUCT_ITEM_PARAMETERS 32u
#define INDUCT_ITEM_GATE 64u /* the weights of the outermost gate */
#define INDUCT_ITEM_EXPERT_LOSSES 128u /* of the experts under the outermost gate, each by itself */

#define INDUCT_PARAMETERS_CURRENT 0u /* the model as it is */
#define INDUCT_PARAMETERS_INITIAL 1u /* the same model untrained: as its initialisers fill it from the run's seed */

/* A pass that an evaluator needs. */
typedef struct induct_need {
    uint32_t struct_size;
    uint32_t stream;  /* INDUCT_STREAM_... */
    const char *view; /* NULL: the one the recipe names */
    uint32_t items;   /* INDUCT_ITEM_... */
    uint32_t point_count;
    /* Activations and attention to read. "*" stands for any characters: such a name means every activation of shape
     * [batch, length, width] that it fits, in the model's order, and at least one has to fit. */
    const char *const *points;
    uint32_t optional_items; /* INDUCT_ITEM_... welcome where they exist, and no error where they do not */
    uint32_t parameters;     /* INDUCT_PARAMETERS_...; views only */
} induct_need;
INDUCT_ASSERT_SIZE(induct_need, 40);

/* What the host hands over for a part of a need's samples. Items that were not asked for are NULL. */
typedef struct induct_evaluation_batch {
    uint32_t struct_size;
    uint32_t need;  /* which need this answers */
    uint64_t step;  /* training steps done */
    uint64_t first; /* index of the first sample */
    uint64_t count;
    int64_t length;
    int64_t positions; /* P */
    int64_t classes;   /* or outputs, for regression */
    uint32_t tensor_count;
    uint32_t point_count;
    const induct_tensor *const *tensors; /* inputs, targets, weights, keys and info, in the order of the schema that
                                            `create` was given: for next-token sources already split in "tokens"
                                            [count, length] and "targets" [count, length] */
    const float *predictions;            /* [count, P, classes] */
    const float *losses;                 /* [count, P], nats for cross-entropy */
    const double *oracle;                /* [count, P, classes] */
    const double *belief;                /* [count, P, belief_size] */
    const double *posterior;             /* [count, P, component_count] */
    uint64_t belief_size;
    uint64_t component_count;
    const induct_tensor *const *points; /* in the need's order; a name with "*" gives as many as it fits */
    uint64_t parameter_count;
    const induct_parameter *const *parameter_descriptions;
    const float *const *parameters;
    const float *gate; /* [count, P, expert_count] */
    uint64_t expert_count;
    const char *const *point_names;      /* [point_count], as the model calls them */
    const uint32_t *component_of_belief; /* [belief_size], whose state it is; NULL: not known, or one component */
    const float *expert_losses;          /* [count, P, expert_count], as `losses` */
} induct_evaluation_batch;
INDUCT_ASSERT_SIZE(induct_evaluation_batch, 200);

#define INDUCT_METRIC_SCALAR 0u
#define INDUCT_METRIC_CURVE 1u
#define INDUCT_METRIC_TABLE 2u

/* One result. Values that do not exist are NaN. */
typedef struct induct_metric {
    uint32_t struct_size;
    uint32_t kind;    /* INDUCT_METRIC_... */
    const char *name; /* snake_case, unique among the metrics of one result */
    const char *unit; /* "nats", "fraction"; NULL = none */
    uint64_t rows;    /* 1 for scalars and curves */
    uint64_t columns; /* values of a curve, columns of a table; 1 for scalars */
    const double *values;          /* [rows, columns] */
    const double *standard_errors; /* [rows, columns], or NULL when none is defined */
    const char *axis;              /* what runs along the columns: "position"; NULL = none */
    const double *axis_values;     /* [columns]; NULL = 0, 1, 2, ... */
    const char *const *row_names;    /* [rows]; NULL = none */
    const char *const *column_names; /* [columns]; NULL = none */
} induct_metric;
INDUCT_ASSERT_SIZE(induct_metric, 88);

/* A result whose size only the plugin knows. The host calls `release`, once, when it has copied the metrics. */
typedef struct induct_metrics {
    uint32_t struct_size;
    uint32_t count;
    const induct_metric *const *metrics;
    void *owner;
    void (*release)(struct induct_metrics *metrics);
} induct_metrics;
INDUCT_ASSERT_SIZE(induct_metrics, 32);

typedef struct induct_evaluator induct_evaluator;

struct induct_evaluator {
    uint32_t struct_size;
    uint32_t reserved;
    void *instance; /* the plugin's own */
    /* [setup] */
    void (*destroy)(const induct_evaluator *self);
    /* [thread-safe] The need with this index, or NULL past the last one. */
    const induct_need *(*need)(const induct_evaluator *self, uint32_t index);
    /* [run] A new, empty accumulator. */
    induct_status (*begin)(const induct_evaluator *self, void **accumulator, induct_error *error);
    /* [run] */
    induct_status (*consume)(const induct_evaluator *self, void *accumulator, const induct_evaluation_batch *batch,
                             induct_error *error);
    /* [run] Adds what `other` has seen. The host merges in sample order; `other` stays to be discarded. */
    induct_status (*merge)(const induct_evaluator *self, void *accumulator, const void *other, induct_error *error);
    /* [run] The metrics of what was seen. The accumulator stays to be discarded. */
    induct_status (*finish)(const induct_evaluator *self, const void *accumulator, induct_metrics *metrics,
                            induct_error *error);
    /* [run] */
    void (*discard)(const induct_evaluator *self, void *accumulator);
};
INDUCT_ASSERT_SIZE(struct induct_evaluator, 72);

typedef struct induct_evaluator_factory {
    uint32_t struct_size;
    uint32_t descriptor_count;
    const induct_descriptor *const *descriptors;
    /* [setup] */
    induct_status (*create)(const induct_create *call, const induct_evaluator **evaluator, induct_error *error);
} induct_evaluator_factory;
INDUCT_ASSERT_SIZE(induct_evaluator_factory, 24);

INDUCT_EXTERN_C_END

#endif
