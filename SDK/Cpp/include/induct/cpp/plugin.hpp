/* SPDX-License-Identifier: Apache-2.0 */

/* INDUCT_PLUGIN: classes become the plugin of a library. */

#ifndef INDUCT_CPP_PLUGIN_HPP
#define INDUCT_CPP_PLUGIN_HPP

#include <induct/cpp/architecture.hpp>
#include <induct/cpp/evaluator.hpp>
#include <induct/cpp/source.hpp>

#include <cstring>
#include <type_traits>
#include <vector>

namespace induct {
namespace border {

/* Which factory a class belongs to, and how one of it is made. */
template <class Part>
constexpr std::uint32_t kind_of() {
    if constexpr (std::is_base_of_v<Source, Part>) return INDUCT_KIND_SOURCE;
    else if constexpr (std::is_base_of_v<Architecture, Part>) return INDUCT_KIND_ARCHITECTURE;
    else if constexpr (std::is_base_of_v<Gate, Part>) return INDUCT_KIND_GATE;
    else {
        static_assert(std::is_base_of_v<Evaluator, Part>, "derive from Source, Architecture, Gate or Evaluator");
        return INDUCT_KIND_EVALUATOR;
    }
}

template <class Part>
induct_descriptor descriptor_of() {
    induct_descriptor descriptor{};
    descriptor.struct_size = sizeof descriptor;
    descriptor.concurrency = INDUCT_CONCURRENCY_PARALLEL;
    descriptor.name = Part::name;
    descriptor.summary = Part::summary;
    descriptor.config_schema = Part::config;
    return descriptor;
}

/* The parts of one kind: descriptors, and makers in the same order. */
template <class Table>
struct Registry {
    using Maker = const Table *(*)(const Creation &);
    std::vector<induct_descriptor> descriptors;
    std::vector<const induct_descriptor *> pointers;
    std::vector<Maker> makers;

    template <class Part, class Holder>
    void add() {
        descriptors.push_back(descriptor_of<Part>());
        makers.push_back([](const Creation &creation) -> const Table * { return &(new Holder(creation))->table; });
    }

    void settle() {
        for (const induct_descriptor &descriptor : descriptors) pointers.push_back(&descriptor);
    }

    induct_status create(const induct_create *call, const Table **result, induct_error *error) const noexcept {
        return guarded(error, [&] {
            const induct_create mine = known(call);
            const std::string name = mine.name ? mine.name : "";
            for (std::size_t i = 0; i < makers.size(); i++) {
                if (name != descriptors[i].name) continue;
                *result = makers[i](Creation(mine));
                return;
            }
            throw Error("it provides no '" + name + "'", INDUCT_NOT_FOUND);
        });
    }
};

/* All parts of the library; made at the first call of the entry. */
template <class... Parts>
struct Registries {
    Registry<induct_source> sources;
    Registry<induct_architecture> architectures, gates;
    Registry<induct_evaluator> evaluators;

    static Registries &shared() {
        static Registries registries;
        return registries;
    }

  private:
    Registries() {
        (add<Parts>(), ...);
        sources.settle();
        architectures.settle();
        gates.settle();
        evaluators.settle();
    }

    template <class Part>
    void add() {
        constexpr std::uint32_t kind = kind_of<Part>();
        if constexpr (kind == INDUCT_KIND_SOURCE) sources.template add<Part, SourceInstance<Part>>();
        else if constexpr (kind == INDUCT_KIND_ARCHITECTURE) architectures.template add<Part, ModelInstance<Part>>();
        else if constexpr (kind == INDUCT_KIND_GATE) gates.template add<Part, ModelInstance<Part>>();
        else evaluators.template add<Part, EvaluatorInstance<Part>>();
    }
};

/* A factory table over one registry; the kinds' tables have the same form. */
template <class Factory, class Table>
const void *factory(Registry<Table> &registry, induct_status (*create)(const induct_create *, const Table **,
                                                                       induct_error *)) {
    if (registry.makers.empty()) return nullptr;
    static Factory table{};
    table.struct_size = sizeof table;
    table.descriptor_count = static_cast<std::uint32_t>(registry.pointers.size());
    table.descriptors = registry.pointers.data();
    table.create = create;
    return &table;
}

template <class... Parts>
const void *get_factory(const char *id) {
    using All = Registries<Parts...>;
    All &all = All::shared();
    if (std::strcmp(id, INDUCT_SOURCE_FACTORY) == 0)
        return factory<induct_source_factory, induct_source>(
            all.sources, [](const induct_create *call, const induct_source **result, induct_error *error) {
                return All::shared().sources.create(call, result, error);
            });
    if (std::strcmp(id, INDUCT_ARCHITECTURE_FACTORY) == 0)
        return factory<induct_architecture_factory, induct_architecture>(
            all.architectures, [](const induct_create *call, const induct_architecture **result, induct_error *error) {
                return All::shared().architectures.create(call, result, error);
            });
    if (std::strcmp(id, INDUCT_GATE_FACTORY) == 0) {
        struct GateFactory : induct_gate_factory {};
        return factory<GateFactory, induct_architecture>(
            all.gates, [](const induct_create *call, const induct_architecture **result, induct_error *error) {
                return All::shared().gates.create(call, result, error);
            });
    }
    if (std::strcmp(id, INDUCT_EVALUATOR_FACTORY) == 0)
        return factory<induct_evaluator_factory, induct_evaluator>(
            all.evaluators, [](const induct_create *call, const induct_evaluator **result, induct_error *error) {
                return All::shared().evaluators.create(call, result, error);
            });
    return nullptr;
}

template <class... Parts>
const induct_plugin *plugin(const char *id, const char *version, const char *summary, induct_error *error) noexcept {
    static induct_plugin table{};
    const induct_status status = guarded(error, [&] {
        Registries<Parts...>::shared();
        table.struct_size = sizeof table;
        table.abi_major = INDUCT_ABI_MAJOR;
        table.abi_minor = INDUCT_ABI_MINOR;
        table.id = id;
        table.version = version;
        table.summary = summary;
        table.get_factory = [](const char *factory_id) -> const void * {
            return quiet<const void *>(nullptr, [&] { return get_factory<Parts...>(factory_id); });
        };
    });
    return status == INDUCT_OK ? &table : nullptr;
}

}  // namespace border
}  // namespace induct

/* Exports the classes that follow as the plugin of this library, with its note; once in a library. Id and version are
 * string literals. */
#define INDUCT_PLUGIN(id, version, summary, ...)                                                              \
    INDUCT_NOTE(id, version);                                                                                 \
    INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *, induct_error *error) {     \
        return induct::border::plugin<__VA_ARGS__>(id, version, summary, error);                              \
    }

#endif
