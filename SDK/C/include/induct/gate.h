/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  gates: architectures whose outputs are the weights of K experts.
 * Lifetime: as an architecture's.
 * Threads:  as an architecture's.
 * Version:  1.0, draft.
 *
 * A gate is an induct_architecture with these differences: `output` is INDUCT_OUTPUT_PROBABILITIES; outputs are
 * [count, P, K], non-negative, each row sums to 1; the pass brings the experts' predictions; `create` gives K.
 * The experts' predictions enter without gradient: a gate has no gradient to return to them. */

#ifndef INDUCT_GATE_H
#define INDUCT_GATE_H

#include <induct/architecture.h>

INDUCT_EXTERN_C_BEGIN

#define INDUCT_GATE_FACTORY "induct.gate/1"
#define INDUCT_GATE_ONLINE "induct.gate.online/1" /* const induct_online * : Hedge and other online rules */

typedef induct_architecture induct_gate;
typedef induct_architecture_factory induct_gate_factory;

INDUCT_EXTERN_C_END

#endif
