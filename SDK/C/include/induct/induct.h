/* SPDX-License-Identifier: Apache-2.0 */

/* Purpose:  the whole ABI in one include.
 * Lifetime: none of its own.
 * Threads:  none of its own.
 * Version:  1.0, draft. */

#ifndef INDUCT_INDUCT_H
#define INDUCT_INDUCT_H

#include <induct/abi.h>
#include <induct/architecture.h>
#include <induct/evaluator.h>
#include <induct/gate.h>
#include <induct/host.h>
#include <induct/kernels.h>
#include <induct/note.h>
#include <induct/random.h>
#include <induct/schema.h>
#include <induct/source.h>
#include <induct/tensor.h>

#endif
