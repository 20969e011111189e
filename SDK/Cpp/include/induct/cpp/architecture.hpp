/* SPDX-License-Identifier: Apache-2.0 */

/* Architectures and gates; see architecture.h and gate.h. */

#ifndef INDUCT_CPP_ARCHITECTURE_HPP
#define INDUCT_CPP_ARCHITECTURE_HPP

#include <induct/cpp/creation.hpp>
#include <induct/induct.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace induct {

/* How the host fills a parameter at the start. */
struct Initialiser {
    std::uint32_t kind;
    double a, b;

    static Initialiser zeros() { return {INDUCT_INITIALISER_ZEROS, 0, 0}; }
    static Initialiser constant(double value) { return {INDUCT_INITIALISER_CONSTANT, value, 0}; }
    static Initialiser normal(double mean, double deviation) { return {INDUCT_INITIALISER_NORMAL, mean, deviation}; }
    static Initialiser uniform(double low, double high) { return {INDUCT_INITIALISER_UNIFORM, low, high}; }
};

/* The parameters of a model, in the order of `Pass::parameter`. */
class Parameters {
  public:
    /* `flags`: INDUCT_PARAMETER_FROZEN, _NOT_DECAYED; the name is unique, dots between levels. */
    std::size_t add(const char *name, std::vector<std::int64_t> shape, Initialiser start, std::uint32_t flags = 0) {
        names_.emplace_back(name);
        shapes_.push_back(std::move(shape));
        induct_parameter parameter{};
        parameter.struct_size = sizeof parameter;
        parameter.flags = flags;
        parameter.name = names_.back().c_str();
        parameter.shape = shapes_.back().data();
        parameter.rank = static_cast<std::int32_t>(shapes_.back().size());
        parameter.initialiser = start.kind;
        parameter.a = start.a;
        parameter.b = start.b;
        list_.push_back(parameter);
        return list_.size() - 1;
    }

    const induct_parameter *table(std::size_t index) const { return index < list_.size() ? &list_[index] : nullptr; }

  private:
    std::deque<std::string> names_;
    std::deque<std::vector<std::int64_t>> shapes_;
    std::deque<induct_parameter> list_;
};

/* One pass over a shard, forward or backward. */
class Pass {
  public:
    explicit Pass(const induct_pass &call) : call_(call) {}

    std::int64_t count() const noexcept { return static_cast<std::int64_t>(call_.count); }
    std::int64_t length() const noexcept { return call_.length; }
    bool training() const noexcept { return call_.mode == INDUCT_MODE_TRAIN; }
    /* The data of an input of the schema. */
    template <class Element>
    const Element *tensor(std::size_t index) const {
        return static_cast<const Element *>(call_.tensors[index]->data);
    }
    const float *parameter(std::size_t index) const { return call_.parameters[index]; }
    float *outputs() const noexcept { return call_.outputs; }

    /* Backward. */
    const float *output_gradients() const noexcept { return call_.output_gradients; }
    /* The gradient of a parameter with `size` numbers, ready to be added to; nullptr for a frozen one. */
    float *gradient(std::size_t index, std::size_t size) const {
        float *gradient = call_.gradients[index];
        if (gradient && !call_.accumulate) std::memset(gradient, 0, size * sizeof(float));
        return gradient;
    }

    /* Gates: the predictions of expert k, [count, P, classes or outputs]. */
    const float *expert(std::size_t index) const { return call_.experts[index]; }

    void *workspace() const noexcept { return call_.workspace; }
    const induct_pass &table() const noexcept { return call_; }

  private:
    induct_pass call_;
};

/* A model: derive from `Architecture` or `Gate`, define `parameters`, `forward` and `backward`.
 *
 * The class also says `name`, `summary` and `config`, the JSON of abi.h, as static constexpr strings. */
class Model {
  public:
    virtual ~Model() = default;
    virtual const Parameters &parameters() const = 0;
    /* Writes every output. Passes of different slots run at once. */
    virtual void forward(const Pass &pass) const = 0;
    /* Adds d loss / d parameter to every gradient. */
    virtual void backward(const Pass &pass) const = 0;
    /* Bytes of `Pass::workspace`, kept from a forward pass to its backward pass. */
    virtual std::size_t workspace_size(bool, std::int64_t, std::int64_t) const { return 0; }
    /* INDUCT_OUTPUT_LOGITS, _PROBABILITIES or _VALUES. */
    virtual std::uint32_t output() const = 0;
};

class Architecture : public Model {
  public:
    std::uint32_t output() const override { return INDUCT_OUTPUT_LOGITS; }
};

/* A gate's outputs are [count, P, K], non-negative, each row summing to 1. */
class Gate : public Model {
  public:
    std::uint32_t output() const final { return INDUCT_OUTPUT_PROBABILITIES; }
};

namespace border {

template <class Part>
struct ModelInstance : Instance<induct_architecture, Part> {
    using Base = Instance<induct_architecture, Part>;

    explicit ModelInstance(const Creation &creation) : Base(creation) {
        this->table.output = this->part.output();
        this->table.parameter = [](const induct_architecture *self, std::uint32_t index) {
            return Base::of(self).parameters().table(index);
        };
        this->table.workspace_size = [](const induct_architecture *self, std::uint32_t mode, std::uint64_t count,
                                        std::int64_t length) -> std::uint64_t {
            return quiet<std::uint64_t>(0, [&] {
                return Base::of(self).workspace_size(
                    mode == INDUCT_MODE_TRAIN, static_cast<std::int64_t>(count), length);
            });
        };
        this->table.forward = [](const induct_architecture *self, const induct_pass *pass, induct_error *error) {
            return guarded(error, [&] { Base::of(self).forward(Pass(known(pass))); });
        };
        this->table.backward = [](const induct_architecture *self, const induct_pass *pass, induct_error *error) {
            return guarded(error, [&] { Base::of(self).backward(Pass(known(pass))); });
        };
        this->table.get_extension = [](const induct_architecture *, const char *) -> const void * { return nullptr; };
    }
};

}  // namespace border
}  // namespace induct

#endif
