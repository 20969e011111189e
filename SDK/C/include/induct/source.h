/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  data sources: what they deliver, how they are sampled, and, where it is known, their exact theory.
 * Lifetime: an instance lives from `create` to `destroy`; what its calls return lives as long.
 * Threads:  `fill` and oracle calls are [run]; the descriptor's concurrency says what may overlap.
 * Version:  1.0, draft.
 *
 * Determinism. Sample i of a view is a pure function of (config, seed, view, i). Order, batch, thread and history never
 * change it, and a shorter length gives a prefix. What belongs to the task itself (class centres, chains) depends on
 * (config, seed) only, so that training and evaluation share it. random.h has what it takes. */

#ifndef INDUCT_SOURCE_H
#define INDUCT_SOURCE_H

#include <induct/schema.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_SOURCE_FACTORY "induct.source/1"
#define INDUCT_SOURCE_ORACLE "induct.source.oracle/1" /* const induct_source_oracle * */
#define INDUCT_SOURCE_THEORY "induct.source.theory/1" /* const induct_source_theory * */
#define INDUCT_SOURCE_HMM "induct.source.hmm/1"       /* const induct_source_hmm * */
#define INDUCT_SOURCE_LABELLED_EXAMPLES \
    "induct.source.labelled-examples/1" /* const induct_source_labelled_examples * */

/* A named stream of samples. Every source has the views "train" (index 0) and "test" (index 1). */
typedef struct induct_view {
    uint32_t struct_size;
    uint32_t reserved;
    const char *name; /* kebab-case */
    uint64_t count;   /* number of samples; 0 = endless */
} induct_view;
INDUCT_ASSERT_SIZE(induct_view, 24);

/* A request for the samples [first, first + count) of a view. */
typedef struct induct_source_fill {
    uint32_t struct_size;
    uint32_t view; /* index of the view */
    uint64_t seed;
    uint64_t first;
    uint64_t count;
    int64_t length; /* the value of INDUCT_DIMENSION_LENGTH */
    uint32_t reserved;
    uint32_t tensor_count;
    induct_tensor *const *tensors; /* in the schema's order; NULL = not wanted */
} induct_source_fill;
INDUCT_ASSERT_SIZE(induct_source_fill, 56);

typedef struct induct_source induct_source;

struct induct_source {
    uint32_t struct_size;
    uint32_t reserved;
    void *instance; /* the plugin's own */
    /* [setup] */
    void (*destroy)(const induct_source *self);
    /* [thread-safe] */
    const induct_schema *(*schema)(const induct_source *self);
    /* [thread-safe] The view with this index, or NULL past the last one. */
    const induct_view *(*view)(const induct_source *self, uint32_t index);
    /* [run] Writes every element of every wanted tensor. */
    induct_status (*fill)(const induct_source *self, const induct_source_fill *call, induct_error *error);
    /* [thread-safe] */
    const void *(*get_extension)(const induct_source *self, const char *extension_id);
};
INDUCT_ASSERT_SIZE(struct induct_source, 56);

typedef struct induct_source_factory {
    uint32_t struct_size;
    uint32_t descriptor_count;
    const induct_descriptor *const *descriptors;
    /* [setup] */
    induct_status (*create)(const induct_create *call, const induct_source **source, induct_error *error);
} induct_source_factory;
INDUCT_ASSERT_SIZE(induct_source_factory, 24);

/* ---- induct.source.oracle/1: the Bayes-optimal predictor ------------------------------------------------------------
 *
 * Next-token sources: the batch holds "tokens" [count, length]; the results have one row for every prefix, the empty
 * one first: prefixes = length + 1. Other tasks: one row for every predicted position: prefixes = P. Of a regression
 * `predictive` is the posterior mean of the target, [count, P, outputs], and log_probability ln of the density of what
 * was seen, NaN where there is none.
 * After an impossible prefix log_probability is -infinity and the other results of that row are NaN. */
typedef struct induct_source_oracle_call {
    uint32_t struct_size;
    uint32_t view;
    uint64_t seed;
    uint64_t count;
    int64_t length;
    uint32_t reserved;
    uint32_t tensor_count;
    const induct_tensor *const *tensors; /* in the schema's order; NULL where the oracle needs none */
    double *predictive;      /* [count, prefixes, classes] law of the next token, or of the target; NULL = not wanted */
    double *belief;          /* [count, prefixes, belief_size] NULL = not wanted */
    double *posterior;       /* [count, prefixes, component_count] NULL = not wanted */
    double *log_probability; /* [count, prefixes] ln P(prefix), nats; NULL = not wanted */
} induct_source_oracle_call;
INDUCT_ASSERT_SIZE(induct_source_oracle_call, 80);

typedef struct induct_source_oracle {
    uint32_t struct_size;
    uint32_t belief_size;     /* 0 = it has no belief to show */
    uint32_t component_count; /* 0 = it has no components */
    uint32_t reserved;
    /* [run] */
    induct_status (*evaluate)(const induct_source *self, const induct_source_oracle_call *call, induct_error *error);
} induct_source_oracle;
INDUCT_ASSERT_SIZE(induct_source_oracle, 24);

/* ---- induct.source.theory/1: closed forms ------------------------------------------------------------------------- */

#define INDUCT_THEORY_FINITE 0u   /* the value is stated */
#define INDUCT_THEORY_UNKNOWN 1u  /* no closed form */
#define INDUCT_THEORY_DIVERGES 2u /* known to be infinite */

/* nats */
typedef struct induct_source_theory_summary {
    uint32_t struct_size;
    uint32_t entropy_rate_status;   /* INDUCT_THEORY_... */
    uint32_t excess_entropy_status; /* INDUCT_THEORY_... */
    uint32_t reserved;
    double entropy_rate;
    double excess_entropy;
} induct_source_theory_summary;
INDUCT_ASSERT_SIZE(induct_source_theory_summary, 32);

typedef struct induct_source_theory {
    uint32_t struct_size;
    uint32_t reserved;
    /* [run] Writes h_1 .. h_length (nats, exact to rounding) and the summary. */
    induct_status (*entropy)(const induct_source *self, int64_t length, double *entropy,
                             induct_source_theory_summary *summary, induct_error *error);
} induct_source_theory;
INDUCT_ASSERT_SIZE(induct_source_theory, 16);

/* ---- induct.source.hmm/1: a (generalised) hidden Markov model ------------------------------------------------------
 *
 * Mealy form, row vectors: transition[x][i][j] = P(emit x, go to j | state i). `get_extension` returns the data itself.
 * P(word) = start T_{x1} ... T_{xn} right. */
typedef struct induct_source_hmm {
    uint32_t struct_size;
    uint32_t states;
    uint32_t tokens;
    uint32_t component_count;          /* 0 or 1: one component */
    const double *transition;          /* [tokens, states, states] */
    const double *start;               /* [states], start . right = 1 */
    const double *right;               /* [states]; NULL for an HMM: all ones */
    const uint32_t *component_of_state; /* [states]; NULL when there is one component */
} induct_source_hmm;
INDUCT_ASSERT_SIZE(induct_source_hmm, 48);

/* ---- induct.source.labelled-examples/1: how labelled examples are drawn --------------------------------------------
 *
 * For sources of classification whose samples are L pairs of an input and a label, and a query, whose label is the target.
 * The class x of the query is drawn with p_x. With probability `relevance`, one decision a sequence, contexts hold x too:
 * exactly `relevant_contexts` of them, or all are drawn anew until at least one does; otherwise none does, and contexts are
 * drawn by their law given that they are not x. A class has one label, which noise replaces by the next one, modulo the
 * schema's classes. `get_extension` returns the data itself. The host derives the theory. */
typedef struct induct_source_labelled_examples {
    uint32_t struct_size;
    uint32_t classes;                  /* kinds of inputs that training shows, at least 1 */
    uint32_t group_count;              /* groups of classes, such as frequent and rare; 0 or 1: one group */
    uint32_t contexts;                 /* L, at least 1 */
    const double *class_probability;   /* [classes] p_x, of a query of the view "train" */
    const double *context_probability; /* [classes] of a context, before relevance is imposed; NULL: p_x */
    const uint32_t *label_of_class;    /* [classes] in [0, schema's classes); NULL: the class's number */
    const uint32_t *group_of_class;    /* [classes]; NULL when there is one group */
    const char *const *group_names;    /* [group_count] kebab-case; NULL when there is one group */
    double relevance;                  /* in [0, 1] */
    const double *match_law;           /* [classes, contexts + 1] P(m contexts hold x | relevant), where it is neither of
                                          the two above; else NULL */
    uint32_t relevant_contexts;        /* 0: at least one */
    uint32_t ensured_count;            /* queries of each class that a finite training set holds for certain; the
                                          others are drawn */
    uint64_t training_count;           /* samples of the view "train"; 0 = endless */
    double label_noise;                /* in [0, 1] */
    double input_noise;                /* standard deviation of each coordinate around the class's centre */
    double squared_norm;               /* the largest squared norm of a centre */
    uint64_t dimension;                /* numbers of an input */
} induct_source_labelled_examples;
INDUCT_ASSERT_SIZE(induct_source_labelled_examples, 120);

INDUCT_EXTERN_C_END

#endif
