/* SPDX-License-Identifier: Apache-2.0 */

/* Sources; see source.h for what their samples must be a pure function of. */

#ifndef INDUCT_CPP_SOURCE_HPP
#define INDUCT_CPP_SOURCE_HPP

#include <induct/cpp/creation.hpp>
#include <induct/induct.h>

#include <string>
#include <vector>

namespace induct {

/* A (generalised) hidden Markov model: transition [tokens, states, states], start [states], right [states] or empty. */
class HiddenMarkovModel {
  public:
    HiddenMarkovModel(std::size_t states, std::size_t tokens)
        : states(states), tokens(tokens), transition(tokens * states * states), start(states) {}

    /* P(emit `token`, go to `to` | state `from`) */
    double &operator()(std::size_t token, std::size_t from, std::size_t to) {
        return transition[(token * states + from) * states + to];
    }

    std::size_t states, tokens;
    std::vector<double> transition, start, right;
};

/* A request for the samples [first, first + count) of a view. */
class FillRequest {
  public:
    explicit FillRequest(const induct_source_fill &call) : call_(call) {}

    std::uint32_t view() const noexcept { return call_.view; }
    std::uint64_t seed() const noexcept { return call_.seed; }
    std::uint64_t first() const noexcept { return call_.first; }
    std::uint64_t count() const noexcept { return call_.count; }
    std::int64_t length() const noexcept { return call_.length; }

    /* The data of a tensor of the schema, every element to be written; nullptr when it is not wanted. */
    template <class Element>
    Element *tensor(std::size_t index) const {
        const induct_tensor *tensor = index < call_.tensor_count && call_.tensors ? call_.tensors[index] : nullptr;
        return tensor ? static_cast<Element *>(tensor->data) : nullptr;
    }

    /* Word `word` of the random stream of sample `first() + sample`, for draws of `kind` (below 256). */
    std::uint32_t word(std::uint64_t sample, std::uint32_t kind, std::uint64_t word) const {
        return induct_random_word(seed(), INDUCT_PURPOSE(view(), kind), first() + sample, word);
    }

  private:
    induct_source_fill call_;
};

/* A request to the Bayes-optimal predictor; results that are not wanted are nullptr. */
using OracleRequest = induct_source_oracle_call;

/* A closed form: what is known of the entropy rate and the excess entropy, nats. */
struct TheorySummary {
    std::uint32_t entropy_rate_status = INDUCT_THEORY_UNKNOWN, excess_entropy_status = INDUCT_THEORY_UNKNOWN;
    double entropy_rate = 0, excess_entropy = 0;
};

/* How labelled examples are drawn: induct_source_labelled_examples; what is left as it is says least.
 *
 * Vectors by class have one number for each of `class_probability`, or none where the default of source.h will do. */
struct LabelledExamplesLaw {
    std::vector<double> class_probability, context_probability;
    std::vector<std::uint32_t> label_of_class, group_of_class;
    std::vector<std::string> group_names;
    std::uint32_t contexts = 1;
    double relevance = 0;
    std::uint32_t relevant_contexts = 0, ensured_count = 0;
    std::vector<double> match_law; /* [classes, contexts + 1], or empty */
    std::uint64_t training_count = 0;
    double label_noise = 0, input_noise = 0, squared_norm = 1;
    std::uint64_t dimension = 0;
};

/* A source: derive, define `schema` and `fill`, and what there is of the rest.
 *
 * The class also says `name`, `summary` and `config`, the JSON of abi.h, as static constexpr strings. */
class Source {
  public:
    virtual ~Source() = default;
    virtual const Schema &schema() const = 0;
    /* Writes every element of every wanted tensor. Called by many threads at once. */
    virtual void fill(const FillRequest &request) const = 0;

    /* The transition tensors, from which the host derives theory, beliefs and mixtures; nullptr = it is none. */
    virtual const HiddenMarkovModel *hidden_markov_model() const { return nullptr; }

    /* Numbers of the belief and of components that `oracle` gives; override all three or none. */
    virtual bool has_oracle() const { return false; }
    virtual std::uint32_t belief_size() const { return 0; }
    virtual std::uint32_t component_count() const { return 0; }
    virtual void oracle(const OracleRequest &) const { throw Error("it has no oracle", INDUCT_UNIMPLEMENTED); }

    /* h_1 .. h_length in nats, where there is a closed form. */
    virtual bool has_theory() const { return false; }
    virtual TheorySummary theory(std::int64_t, double *) const {
        throw Error("it has no closed form", INDUCT_UNIMPLEMENTED);
    }

    /* How labelled examples are drawn, from which the host derives their theory; nullptr = it delivers something else. */
    virtual const LabelledExamplesLaw *labelled_examples() const { return nullptr; }
};

namespace border {

/* The tables of one source. */
struct SourceTables {
    induct_source_hmm hmm{};
    induct_source_oracle oracle{};
    induct_source_theory theory{};
    induct_source_labelled_examples examples{};
    std::vector<const char *> group_names;
};

/* Points `table` into the law; the host checks the numbers. */
inline void state(const LabelledExamplesLaw &law, induct_source_labelled_examples &table,
                  std::vector<const char *> &group_names) {
    const std::size_t classes = law.class_probability.size();
    const auto fits = [](std::size_t count, std::size_t expected) { return count == 0 || count == expected; };
    if (!fits(law.context_probability.size(), classes) || !fits(law.label_of_class.size(), classes) ||
        !fits(law.match_law.size(), classes * (law.contexts + std::size_t{1})) ||
        law.group_of_class.size() != (law.group_names.empty() ? 0 : classes))
        throw Error("the vectors of the law of labelled examples do not fit its " + std::to_string(classes) + " classes",
                    INDUCT_INTERNAL);
    const auto given = [](const auto &vector) { return vector.empty() ? nullptr : vector.data(); };
    for (const std::string &name : law.group_names) group_names.push_back(name.c_str());
    table.struct_size = sizeof table;
    table.classes = static_cast<std::uint32_t>(classes);
    table.group_count = static_cast<std::uint32_t>(group_names.size());
    table.contexts = law.contexts;
    table.class_probability = law.class_probability.data();
    table.context_probability = given(law.context_probability);
    table.label_of_class = given(law.label_of_class);
    table.group_of_class = given(law.group_of_class);
    table.group_names = given(group_names);
    table.relevance = law.relevance;
    table.match_law = given(law.match_law);
    table.relevant_contexts = law.relevant_contexts;
    table.ensured_count = law.ensured_count;
    table.training_count = law.training_count;
    table.label_noise = law.label_noise;
    table.input_noise = law.input_noise;
    table.squared_norm = law.squared_norm;
    table.dimension = law.dimension;
}

template <class Part>
struct SourceInstance : Instance<induct_source, Part> {
    using Base = Instance<induct_source, Part>;
    SourceTables tables;

    explicit SourceInstance(const Creation &creation) : Base(creation) {
        this->table.destroy = [](const induct_source *self) { delete &whole(self); };
        this->table.schema = [](const induct_source *self) { return Base::of(self).schema().table(); };
        this->table.view = [](const induct_source *, std::uint32_t index) { return view(index); };
        this->table.fill = [](const induct_source *self, const induct_source_fill *call, induct_error *error) {
            return guarded(error, [&] { Base::of(self).fill(FillRequest(known(call))); });
        };
        this->table.get_extension = [](const induct_source *self, const char *id) -> const void * {
            return quiet<const void *>(nullptr, [&] { return whole(self).extension(id); });
        };
        describe();
    }

    static SourceInstance &whole(const induct_source *self) {
        return *static_cast<SourceInstance *>(static_cast<Base *>(self->instance));
    }

    static const induct_view *view(std::uint32_t index) {
        static const induct_view views[2] = {{sizeof(induct_view), 0, "train", 0}, {sizeof(induct_view), 0, "test", 0}};
        return index < 2 ? &views[index] : nullptr;
    }

    void describe() {
        if (const HiddenMarkovModel *model = this->part.hidden_markov_model()) {
            tables.hmm.struct_size = sizeof tables.hmm;
            tables.hmm.states = static_cast<std::uint32_t>(model->states);
            tables.hmm.tokens = static_cast<std::uint32_t>(model->tokens);
            tables.hmm.transition = model->transition.data();
            tables.hmm.start = model->start.data();
            tables.hmm.right = model->right.empty() ? nullptr : model->right.data();
        }
        if (const LabelledExamplesLaw *law = this->part.labelled_examples())
            state(*law, tables.examples, tables.group_names);
        tables.oracle.struct_size = sizeof tables.oracle;
        tables.oracle.belief_size = this->part.belief_size();
        tables.oracle.component_count = this->part.component_count();
        tables.oracle.evaluate = [](const induct_source *self, const induct_source_oracle_call *call,
                                    induct_error *error) {
            return guarded(error, [&] { Base::of(self).oracle(known(call)); });
        };
        tables.theory.struct_size = sizeof tables.theory;
        tables.theory.entropy = [](const induct_source *self, std::int64_t length, double *entropy,
                                   induct_source_theory_summary *summary, induct_error *error) {
            return guarded(error, [&] {
                const TheorySummary known = Base::of(self).theory(length, entropy);
                if (!summary || summary->struct_size < sizeof *summary) return;
                summary->entropy_rate_status = known.entropy_rate_status;
                summary->excess_entropy_status = known.excess_entropy_status;
                summary->entropy_rate = known.entropy_rate;
                summary->excess_entropy = known.excess_entropy;
            });
        };
    }

    const void *extension(const std::string &id) const {
        if (id == INDUCT_SOURCE_HMM && this->part.hidden_markov_model()) return &tables.hmm;
        if (id == INDUCT_SOURCE_ORACLE && this->part.has_oracle()) return &tables.oracle;
        if (id == INDUCT_SOURCE_THEORY && this->part.has_theory()) return &tables.theory;
        if (id == INDUCT_SOURCE_LABELLED_EXAMPLES && this->part.labelled_examples()) return &tables.examples;
        return nullptr;
    }
};

}  // namespace border
}  // namespace induct

#endif
