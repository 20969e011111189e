/* SPDX-License-Identifier: Apache-2.0 */

/* Pairs of a one-hot input and a label, and a query; the same source as labelled-examples.rs, word by word.
 *
 * Four classes alike, two contexts. With probability 1/2 one of the contexts holds the query's class, otherwise none does. */

#include <induct/induct.hpp>

namespace {

constexpr std::uint32_t classes = 4, contexts = 2;

class OneHotClasses final : public induct::Source {
  public:
    static constexpr const char *name = "one-hot-classes";
    static constexpr const char *summary = "one-hot inputs with the labels of their classes";
    static constexpr const char *config = R"json({"parameters": {
        "groups": {"type": "integer", "minimum": 0, "maximum": 4, "default": 4, "summary": "classes with a group"}}})json";

    explicit OneHotClasses(const induct::Creation &creation) : schema_(INDUCT_TASK_CLASSIFICATION, classes, 0, 1) {
        using induct::batch;
        schema_.add("inputs", INDUCT_ROLE_INPUT, induct::Type::float32, {batch, contexts + 1, classes});
        schema_.add("labels", INDUCT_ROLE_INPUT, induct::Type::int32, {batch, contexts}, classes);
        schema_.add("targets", INDUCT_ROLE_TARGET, induct::Type::int32, {batch, 1}, classes);
        law_.class_probability = law_.context_probability = std::vector<double>(classes, 0.25);
        law_.label_of_class = {3, 2, 1, 0};
        law_.group_of_class = {0, 0, 1, 1};
        law_.group_of_class.resize(static_cast<std::size_t>(creation.integer("groups")));
        law_.group_names = {"low", "high"};
        law_.contexts = contexts;
        law_.relevance = 0.5;
        law_.relevant_contexts = 1;
        law_.label_noise = 0.25;
        law_.dimension = classes;
    }

    const induct::Schema &schema() const override { return schema_; }
    const induct::LabelledExamplesLaw *labelled_examples() const override { return &law_; }

    /* Words of a sample: the query's class, whether it is shown, where; then class and label noise of every item. */
    void fill(const induct::FillRequest &request) const override {
        float *inputs = request.tensor<float>(0);
        std::int32_t *labels = request.tensor<std::int32_t>(1), *targets = request.tensor<std::int32_t>(2);
        for (std::uint64_t sample = 0; sample < request.count(); sample++) {
            const auto word = [&](std::uint64_t index) { return request.word(sample, 0, index); };
            const std::uint32_t query = induct_random_below(word(0), classes);
            const bool is_relevant = word(1) < induct_threshold(0.5);
            const std::uint32_t place = induct_random_below(word(2), contexts);
            for (std::uint32_t item = 0; item <= contexts; item++) {
                const bool is_query = item == contexts || (is_relevant && item == place);
                const std::uint32_t other = (query + 1 + induct_random_below(word(3 + 2 * item), classes - 1)) % classes;
                const std::uint32_t x = is_query ? query : other;
                const std::uint32_t noise = word(4 + 2 * item) < induct_threshold(0.25) ? 1 : 0;
                const std::int32_t label = static_cast<std::int32_t>((law_.label_of_class[x] + noise) % classes);
                for (std::uint32_t i = 0; inputs && i < classes; i++)
                    inputs[(sample * (contexts + 1) + item) * classes + i] = i == x ? 1 : 0;
                if (labels && item < contexts) labels[sample * contexts + item] = label;
                if (targets && item == contexts) targets[sample] = label;
            }
        }
    }

  private:
    induct::Schema schema_;
    induct::LabelledExamplesLaw law_;
};

}  // namespace

INDUCT_PLUGIN("org.example.one-hot-classes", "1.0.0", "labelled examples in C++", OneHotClasses)
