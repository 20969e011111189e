/* SPDX-License-Identifier: Apache-2.0 */

/* Evaluators; see evaluator.h. */

#ifndef INDUCT_CPP_EVALUATOR_HPP
#define INDUCT_CPP_EVALUATOR_HPP

#include <induct/cpp/creation.hpp>
#include <induct/induct.h>

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace induct {

/* What the host hands over for a part of the samples; items that were not asked for are nullptr. */
using EvaluationBatch = induct_evaluation_batch;

/* A result: a scalar (one value), or a curve over an axis. Values that do not exist are NaN. */
struct Metric {
    std::string name; /* snake_case */
    std::string unit; /* "nats"; empty = none */
    std::vector<double> values;
    std::vector<double> standard_errors; /* as many as values, or none */
    std::string axis;                    /* "position" for curves; empty for scalars */
};

/* What an evaluator has seen: derive, one for each part of the samples. */
class Accumulator {
  public:
    virtual ~Accumulator() = default;
    virtual void consume(const EvaluationBatch &batch) = 0;
    /* Adds what `other`, of the same class, has seen. */
    virtual void merge(const Accumulator &other) = 0;
    virtual std::vector<Metric> finish() const = 0;
};

/* An evaluator: derive, say what it needs, and make accumulators.
 *
 * The class also says `name`, `summary` and `config`, the JSON of abi.h, as static constexpr strings. */
class Evaluator {
  public:
    virtual ~Evaluator() = default;
    /* INDUCT_ITEM_... flags. */
    virtual std::uint32_t items() const = 0;
    virtual std::unique_ptr<Accumulator> begin() const = 0;
};

namespace border {

/* Metrics as the host reads them, until it lets go. */
struct MetricList {
    std::vector<Metric> metrics;
    std::deque<induct_metric> tables;
    std::vector<const induct_metric *> pointers;

    explicit MetricList(std::vector<Metric> list) : metrics(std::move(list)) {
        for (const Metric &metric : metrics) {
            induct_metric table{};
            table.struct_size = sizeof table;
            table.kind = metric.axis.empty() ? INDUCT_METRIC_SCALAR : INDUCT_METRIC_CURVE;
            table.name = metric.name.c_str();
            table.unit = metric.unit.empty() ? nullptr : metric.unit.c_str();
            table.rows = 1;
            table.columns = metric.values.size();
            table.values = metric.values.data();
            table.standard_errors = metric.standard_errors.empty() ? nullptr : metric.standard_errors.data();
            table.axis = metric.axis.empty() ? nullptr : metric.axis.c_str();
            if (!metric.standard_errors.empty() && metric.standard_errors.size() != metric.values.size())
                throw Error("the metric '" + metric.name + "' has another number of errors than of values");
            tables.push_back(table);
            pointers.push_back(&tables.back());
        }
    }
};

template <class Part>
struct EvaluatorInstance : Instance<induct_evaluator, Part> {
    using Base = Instance<induct_evaluator, Part>;
    induct_need need{};

    explicit EvaluatorInstance(const Creation &creation) : Base(creation) {
        need.struct_size = sizeof need;
        need.stream = INDUCT_STREAM_VIEW;
        need.items = this->part.items();
        this->table.destroy = [](const induct_evaluator *self) { delete &whole(self); };
        this->table.need = [](const induct_evaluator *self, std::uint32_t index) -> const induct_need * {
            return index == 0 ? &whole(self).need : nullptr;
        };
        this->table.begin = [](const induct_evaluator *self, void **accumulator, induct_error *error) {
            return guarded(error, [&] { *accumulator = Base::of(self).begin().release(); });
        };
        this->table.consume = [](const induct_evaluator *, void *accumulator, const induct_evaluation_batch *batch,
                                 induct_error *error) {
            return guarded(error, [&] { static_cast<Accumulator *>(accumulator)->consume(known(batch)); });
        };
        this->table.merge = [](const induct_evaluator *, void *accumulator, const void *other, induct_error *error) {
            return guarded(error, [&] {
                static_cast<Accumulator *>(accumulator)->merge(*static_cast<const Accumulator *>(other));
            });
        };
        this->table.finish = [](const induct_evaluator *, const void *accumulator, induct_metrics *metrics,
                                induct_error *error) {
            return guarded(error, [&] {
                auto list = std::make_unique<MetricList>(static_cast<const Accumulator *>(accumulator)->finish());
                metrics->count = static_cast<std::uint32_t>(list->pointers.size());
                metrics->metrics = list->pointers.data();
                metrics->release = [](induct_metrics *done) { delete static_cast<MetricList *>(done->owner); };
                metrics->owner = list.release();
            });
        };
        this->table.discard = [](const induct_evaluator *, void *accumulator) {
            delete static_cast<Accumulator *>(accumulator);
        };
    }

    static EvaluatorInstance &whole(const induct_evaluator *self) {
        return *static_cast<EvaluatorInstance *>(static_cast<Base *>(self->instance));
    }
};

}  // namespace border
}  // namespace induct

#endif
