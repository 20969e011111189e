/* SPDX-License-Identifier: Apache-2.0 */

/* A plugin of parts with one defect each, named after the check that must find it. */

#include <induct/induct.hpp>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <unistd.h>

namespace {

constexpr const char *no_parameters = R"json({"parameters": {}})json";

/* A fair coin; `side` says how a derived source spoils it. */
class Coin : public induct::Source {
  public:
    static constexpr const char *summary = "a fair coin with a defect";
    static constexpr const char *config = no_parameters;

    explicit Coin(const induct::Creation &) : schema_(2), model_(1, 2) {
        model_(0, 0, 0) = model_(1, 0, 0) = 0.5;
        model_.start[0] = 1;
    }
    const induct::Schema &schema() const override { return schema_; }
    const induct::HiddenMarkovModel *hidden_markov_model() const override { return &model_; }

    virtual std::uint32_t word(const induct::FillRequest &request, std::uint64_t sample, std::uint64_t position) const {
        return request.word(sample, 0, position);
    }
    void fill(const induct::FillRequest &request) const override {
        std::int32_t *row = request.tensor<std::int32_t>(0);
        for (std::uint64_t sample = 0; sample < request.count(); sample++, row += request.length())
            for (std::int64_t position = 0; position < request.length(); position++)
                row[position] = word(request, sample, static_cast<std::uint64_t>(position)) >> 31;
    }

  protected:
    induct::TextSchema schema_;
    induct::HiddenMarkovModel model_;
};

#define DRAW(Name, text)                                                                                             \
    struct Name : Coin {                                                                                             \
        static constexpr const char *name = text;                                                                    \
        using Coin::Coin;                                                                                            \
        std::uint32_t word(const induct::FillRequest &request, std::uint64_t sample, std::uint64_t position) const override

DRAW(Sound, "sound") { return request.word(sample, 0, position); } };
DRAW(Counts, "counts-calls") {
    static std::atomic<std::uint32_t> calls{0};
    const std::uint32_t call = calls++;
    /* Long enough for other threads to come in between, on a busy machine as well. */
    if (call % 64 == 0) usleep(100);
    return request.word(sample, 0, position) + (call << 28);
} };
DRAW(ByBatch, "knows-its-batch") { return request.word(sample, 0, position + request.first()); } };
DRAW(Reversed, "reverses-time") {
    return request.word(sample, 0, static_cast<std::uint64_t>(request.length()) - 1 - position);
} };
/* Says beside the tokens what the last one is. */
struct Prophet : Coin {
    static constexpr const char *name = "informs-of-the-end";
    explicit Prophet(const induct::Creation &creation) : Coin(creation) {
        schema_.add("end", INDUCT_ROLE_INFO, induct::Type::int32, {induct::batch, 1}, 2);
    }
    void fill(const induct::FillRequest &request) const override {
        Coin::fill(request);
        for (std::uint64_t sample = 0; sample < request.count(); sample++)
            request.tensor<std::int32_t>(1)[sample] =
                word(request, sample, static_cast<std::uint64_t>(request.length()) - 1) >> 31;
    }
};
DRAW(Seedless, "ignores-the-seed") {
    return induct_random_word(1, request.view(), request.first() + sample, position);
} };
DRAW(HalfSeed, "takes-half-the-seed") {
    return induct_random_word(request.seed() & 0xffffffffu, request.view(), request.first() + sample, position);
} };
DRAW(OneView, "has-one-view") { return induct_random_word(request.seed(), 7, request.first() + sample, position); } };
DRAW(Short, "takes-half-the-index") {
    const std::uint64_t index = (request.first() + sample) & 0xffffffffu;
    return induct_random_word(request.seed(), request.view(), index, position);
} };
DRAW(Biased, "is-biased") {
    const std::uint32_t word = request.word(sample, 0, position);
    return word < 0x90000000u ? 0 : word;
} };
DRAW(Process, "knows-its-process") {
    return induct_random_word(request.seed() + static_cast<std::uint64_t>(getpid()), request.view(),
                              request.first() + sample, position);
} };
DRAW(Crashes, "crashes") {
    if (request.count() == 48) *static_cast<volatile int *>(nullptr) = 1;
    return request.word(sample, 0, position);
} };
DRAW(Leaves, "calls-exit") {
    if (request.count() == 48) std::exit(0);
    return request.word(sample, 0, position);
} };
DRAW(Hangs, "hangs") {
    while (request.count() == 48) usleep(1000);
    return request.word(sample, 0, position);
} };

DRAW(ManyAtOnce, "knows-large-batches") {
    return request.word(sample, 0, position) + (request.count() > 1000 ? 1u << 31 : 0);
} };

/* Writes ones alone, over memory that it takes for cleared. */
struct Lazy : Coin {
    static constexpr const char *name = "leaves-gaps";
    using Coin::Coin;
    void fill(const induct::FillRequest &request) const override {
        const std::uint64_t length = static_cast<std::uint64_t>(request.length());
        for (std::uint64_t i = 0; i < request.count() * length; i++)
            if (word(request, i / length, i % length) >> 31) request.tensor<std::int32_t>(0)[i] = 1;
    }
};

struct Overflows : Coin {
    static constexpr const char *name = "writes-too-far";
    using Coin::Coin;
    void fill(const induct::FillRequest &request) const override {
        Coin::fill(request);
        request.tensor<std::int32_t>(0)[request.count() * static_cast<std::uint64_t>(request.length())] = 1;
    }
};

struct Leaks : Coin {
    static constexpr const char *name = "leaks";
    explicit Leaks(const induct::Creation &creation) : Coin(creation), lost_(new double[1000]) { lost_[0] = 1; }
    double *lost_;
};

/* An oracle whose law does not sum to 1. */
struct Boasts : Coin {
    static constexpr const char *name = "has-no-law";
    using Coin::Coin;
    const induct::HiddenMarkovModel *hidden_markov_model() const override { return nullptr; }
    bool has_oracle() const override { return true; }
    void oracle(const induct::OracleRequest &call) const override {
        const std::uint64_t rows = static_cast<std::uint64_t>(call.length) + 1;
        for (std::uint64_t i = 0; i < call.count * rows; i++) {
            if (call.predictive) call.predictive[2 * i] = call.predictive[2 * i + 1] = 0.51;
            if (call.log_probability) call.log_probability[i] = static_cast<double>(i % rows) * std::log(0.5);
        }
    }
};

/* A table of logits, looked up by the last token. */
class Table : public induct::Architecture {
  public:
    static constexpr const char *summary = "a table of logits with a defect";
    static constexpr const char *config = no_parameters;

    explicit Table(const induct::Creation &creation)
        : classes_(creation.schema().classes()), tokens_(creation.schema().index("tokens")) {
        parameters_.add("table", {classes_, classes_}, induct::Initialiser::zeros());
    }
    const induct::Parameters &parameters() const override { return parameters_; }
    void forward(const induct::Pass &pass) const override {
        const std::int32_t *tokens = pass.tensor<std::int32_t>(tokens_);
        for (std::int64_t row = 0; row < pass.count() * pass.length(); row++)
            for (std::int64_t k = 0; k < classes_; k++)
                pass.outputs()[row * classes_ + k] = pass.parameter(0)[tokens[row] * classes_ + k];
    }
    void backward(const induct::Pass &pass) const override { scatter(pass, 1); }

  protected:
    std::int64_t classes_;
    std::size_t tokens_;
    induct::Parameters parameters_;

    void scatter(const induct::Pass &pass, float factor) const {
        const std::int32_t *tokens = pass.tensor<std::int32_t>(tokens_);
        float *gradient = pass.gradient(0, static_cast<std::size_t>(classes_ * classes_));
        for (std::int64_t row = 0; row < pass.count() * pass.length(); row++)
            for (std::int64_t k = 0; k < classes_; k++)
                gradient[tokens[row] * classes_ + k] += factor * pass.output_gradients()[row * classes_ + k];
    }
};

struct Wrong : Table {
    static constexpr const char *name = "has-a-wrong-gradient";
    using Table::Table;
    void backward(const induct::Pass &pass) const override { scatter(pass, 1.1f); }
};

struct Overwrites : Table {
    static constexpr const char *name = "never-accumulates";
    using Table::Table;
    void backward(const induct::Pass &pass) const override {
        induct_pass fresh = pass.table();
        fresh.accumulate = 0;
        scatter(induct::Pass(fresh), 1);
    }
};

struct Gaps : Table {
    static constexpr const char *name = "leaves-outputs";
    using Table::Table;
    void forward(const induct::Pass &pass) const override {
        const float kept = pass.count() > 0 ? pass.outputs()[0] : 0;
        Table::forward(pass);
        if (pass.count() > 0) pass.outputs()[0] = kept;
    }
};

struct Greedy : Table {
    static constexpr const char *name = "writes-beyond-its-workspace";
    using Table::Table;
    std::size_t workspace_size(bool, std::int64_t, std::int64_t) const override { return 64; }
    void forward(const induct::Pass &pass) const override {
        Table::forward(pass);
        static_cast<char *>(pass.workspace())[64] = 1;
    }
};

struct Spills : Table {
    static constexpr const char *name = "writes-beside-its-outputs";
    using Table::Table;
    void forward(const induct::Pass &pass) const override {
        Table::forward(pass);
        pass.outputs()[pass.count() * pass.length() * classes_] = 1;
    }
};

struct Counted : Table {
    static constexpr const char *name = "counts-its-instances";
    explicit Counted(const induct::Creation &creation) : Table(creation), number_(made++) {}
    void forward(const induct::Pass &pass) const override {
        Table::forward(pass);
        if (pass.count() > 0) pass.outputs()[0] += static_cast<float>(number_);
    }
    static inline std::atomic<int> made{0};
    int number_;
};

struct Overwhelmed : Table {
    static constexpr const char *name = "takes-small-shards-alone";
    using Table::Table;
    void forward(const induct::Pass &pass) const override {
        Table::forward(pass);
        if (pass.count() > 256) pass.outputs()[0] = std::numeric_limits<float>::quiet_NaN();
    }
};

struct Meddles : Table {
    static constexpr const char *name = "changes-its-inputs";
    using Table::Table;
    void forward(const induct::Pass &pass) const override {
        Table::forward(pass);
        if (pass.count() > 0) const_cast<float *>(pass.parameter(0))[0] += 1;
    }
};

/* Weights that do not sum to 1. */
class Generous : public induct::Gate {
  public:
    static constexpr const char *name = "gives-too-much";
    static constexpr const char *summary = "a gate with a defect";
    static constexpr const char *config = no_parameters;

    explicit Generous(const induct::Creation &creation)
        : size_(creation.experts() * creation.schema().positions()) {}
    const induct::Parameters &parameters() const override { return parameters_; }
    void forward(const induct::Pass &pass) const override {
        std::fill(pass.outputs(), pass.outputs() + pass.count() * size_, 0.6f);
    }
    void backward(const induct::Pass &) const override {}

  private:
    std::int64_t size_;
    induct::Parameters parameters_;
};

/* A mean that forgets what it merges. */
class Forgetful : public induct::Evaluator {
  public:
    static constexpr const char *name = "forgets-what-it-merges";
    static constexpr const char *summary = "an evaluator with a defect";
    static constexpr const char *config = no_parameters;

    struct Sum : induct::Accumulator {
        double sum = 0, count = 0;
        void consume(const induct::EvaluationBatch &batch) override {
            for (std::uint64_t i = 0; i < batch.count * static_cast<std::uint64_t>(batch.positions); i++)
                sum += batch.losses[i], count += 1;
        }
        void merge(const induct::Accumulator &other) override {
            if (count == 0) sum = static_cast<const Sum &>(other).sum, count = static_cast<const Sum &>(other).count;
        }
        std::vector<induct::Metric> finish() const override {
            const double mean = count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
            return {{"mean", "nats", {mean}, {}, ""}};
        }
    };
    explicit Forgetful(const induct::Creation &) {}
    std::uint32_t items() const override { return INDUCT_ITEM_LOSSES; }
    std::unique_ptr<induct::Accumulator> begin() const override { return std::make_unique<Sum>(); }
};

/* Means of the losses; what a derived one does to a batch spoils them. */
template <class Flaw>
class Mean : public induct::Evaluator {
  public:
    static constexpr const char *name = Flaw::name;
    static constexpr const char *summary = "an evaluator with a defect";
    static constexpr const char *config = no_parameters;

    struct Sum : induct::Accumulator {
        double sum = 0, count = 0;
        void consume(const induct::EvaluationBatch &batch) override {
            for (std::uint64_t i = 0; i < batch.count * static_cast<std::uint64_t>(batch.positions); i++)
                sum += batch.losses[i], count += 1;
            Flaw::spoil(batch, sum);
        }
        void merge(const induct::Accumulator &other) override {
            sum += static_cast<const Sum &>(other).sum, count += static_cast<const Sum &>(other).count;
        }
        std::vector<induct::Metric> finish() const override {
            const double mean = count > 0 ? sum / count : std::numeric_limits<double>::quiet_NaN();
            return {{"mean", "nats", {mean}, {}, ""}};
        }
    };
    explicit Mean(const induct::Creation &) {}
    std::uint32_t items() const override { return INDUCT_ITEM_LOSSES; }
    std::unique_ptr<induct::Accumulator> begin() const override { return std::make_unique<Sum>(); }
};

struct ByProcess {
    static constexpr const char *name = "measures-its-process";
    static void spoil(const induct::EvaluationBatch &, double &sum) { sum += getpid(); }
};
struct Blackens {
    static constexpr const char *name = "changes-what-it-is-shown";
    static void spoil(const induct::EvaluationBatch &batch, double &) {
        if (batch.count > 0) const_cast<float *>(batch.losses)[0] += 1;
    }
};
struct Tires {
    static constexpr const char *name = "takes-small-batches-alone";
    static void spoil(const induct::EvaluationBatch &batch, double &sum) { if (batch.count >= 3000) sum *= 2; }
};

}  // namespace

INDUCT_PLUGIN("org.example.broken", "1.0.0", "parts with one defect each", Sound, Counts, ByBatch, Reversed, Prophet, Seedless,
              HalfSeed, OneView, Short, Biased, Process, Crashes, Leaves, Hangs, ManyAtOnce, Lazy, Overflows, Leaks, Boasts, Wrong,
              Overwrites, Gaps, Greedy, Meddles, Spills, Counted, Overwhelmed,
              Generous, Forgetful, Mean<ByProcess>, Mean<Blackens>, Mean<Tires>)
