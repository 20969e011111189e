// SPDX-License-Identifier: Apache-2.0

import InductCore

/// The plugin in C that a foreign manifest describes, for those who want its calls compiled.
package struct ForeignShim {
    /// The name of the plugin's files: "org-induct-examples-zlib".
    package let name: String
    /// The C source.
    package let source: String
    /// What the linker is to link, an absolute path.
    package let library: String

    /// Reads a manifest, or the bundle that holds one.
    ///
    /// - Throws: `HostError` when the host would refuse the manifest.
    package init(manifest path: String, options: HostOptions) throws(HostError) {
        let alone = HostOptions(
            plugins: [path], executableDirectory: "/nonexistent", describer: options.describer, log: options.log)
        guard let entry = PluginCatalogue(alone).entries.first else {
            throw .refusedPlugin(path: path, reason: "it holds no plugin")
        }
        if let reason = entry.listing.reason { throw .refusedPlugin(path: path, reason: reason) }
        guard let foreign = entry.foreign, let library = entry.library else {
            throw .refusedPlugin(path: path, reason: "it is no manifest of a foreign library, and needs no shim")
        }
        name = foreign.manifest.id.replacing(".", with: "-").lowercased()
        source = Self.source(of: foreign.manifest)
        self.library = library
    }

    private static func source(of manifest: ForeignManifest) -> String {
        var text = ShimText()
        text.line("/* SPDX-License-Identifier: Apache-2.0 */")
        text.line()
        text.line(
            "/* \(ShimText.comment(manifest.id)) \(ShimText.comment(manifest.version)), written by `induct plugins shim`:"
        )
        text.line(" * \(ShimText.comment(manifest.summary.nonEmpty ?? "functions of \(manifest.library)"))")
        text.line(" *")
        text.line(
            " * It calls what the manifest calls, with the same arguments, and gives the same samples and metrics. */")
        text.line()
        text.line("#include <induct/induct.h>")
        text.line()
        for header in ["math.h", "stdio.h", "stdlib.h", "string.h"] { text.line("#include <\(header)>") }
        text.line()
        text.line(ShimRuntime.text)
        let parts = manifest.parts.enumerated().map { index, part in
            ShimPart(part: part, name: "p\(index)")
        }
        if parts.contains(where: { $0.part.kind == .source }) { text.line(sourceHelp) }
        if parts.contains(where: { $0.part.kind == .evaluator }) { text.line(evaluatorHelp) }
        for part in parts {
            switch part.part.body {
            case .source(let plan): ShimSource(shim: part, plan: plan).write(&text)
            case .evaluator(let plan): ShimEvaluator(shim: part, plan: plan).write(&text)
            }
        }
        for kind in [PluginKind.source, .evaluator] { factory(kind, parts.filter { $0.part.kind == kind }, &text) }
        entry(manifest, parts, &text)
        return text.text
    }

    private static func factory(_ kind: PluginKind, _ parts: [ShimPart], _ text: inout ShimText) {
        guard !parts.isEmpty else { return }
        let name = kind.name
        text.block(
            "static induct_status create_\(name)(const induct_create *call, const induct_\(name) **made, induct_error *error)"
        ) {
            text in
            for part in parts {
                text.line(
                    "if (strcmp(call->name, \(ShimText.literal(part.part.name))) == 0) return \(part.name)_create(call, made, error);"
                )
            }
            text.line("return fail(error, INDUCT_NOT_FOUND, \"there is no \(name) of that name\");")
        }
        text.line()
        let list = parts.map { "&\($0.name)_descriptor" }.joined(separator: ", ")
        text.line("static const induct_descriptor *const \(name)s[] = {\(list)};")
        text.line(
            "static const induct_\(name)_factory \(name)_factory = {sizeof(induct_\(name)_factory), \(parts.count), \(name)s, create_\(name)};"
        )
        text.line()
    }

    private static func entry(_ manifest: ForeignManifest, _ parts: [ShimPart], _ text: inout ShimText) {
        text.block("static const void *get_factory(const char *id)") { text in
            for kind in [PluginKind.source, .evaluator] where parts.contains(where: { $0.part.kind == kind }) {
                text.line("if (strcmp(id, \"induct.\(kind.name)/1\") == 0) return &\(kind.name)_factory;")
            }
            text.line("return NULL;")
        }
        text.line()
        text.line("static const induct_plugin plugin = {")
        text.line(
            "    .struct_size = sizeof(induct_plugin), .abi_major = INDUCT_ABI_MAJOR, .abi_minor = INDUCT_ABI_MINOR,")
        text.line("    .id = \(ShimText.literal(manifest.id)), .version = \(ShimText.literal(manifest.version)),")
        text.line("    .summary = \(ShimText.literal(manifest.summary)), .get_factory = get_factory};")
        text.line()
        text.line("INDUCT_NOTE(\(ShimText.literal(manifest.id)), \(ShimText.literal(manifest.version)));")
        text.line()
        text.block(
            "INDUCT_EXPORT const induct_plugin *induct_plugin_entry_v1(const induct_host *host, induct_error *error)"
        ) { text in
            text.line("(void)host;")
            text.line("(void)error;")
            text.line("return &plugin;")
        }
    }

    private static let sourceHelp = #"""
        /* What callbacks of the thread's call read and write. */
        typedef struct exchange {
            stream words;
            double *taken;
            int64_t *taken_integers;
            uint64_t count, wanted;
        } exchange;
        static _Thread_local exchange *current;

        static const induct_view views[2] = {
            {sizeof(induct_view), 0, "train", 0},
            {sizeof(induct_view), 0, "test", 0},
        };

        static const induct_view *view(const induct_source *self, uint32_t index) {
            (void)self;
            return index < 2 ? &views[index] : NULL;
        }

        static const void *no_extension(const induct_source *self, const char *id) {
            (void)self;
            (void)id;
            return NULL;
        }

        """#

    private static let evaluatorHelp = #"""
        typedef struct result {
            induct_metric metric;
            const induct_metric *metrics[1];
            double value;
        } result;

        static void release_metrics(induct_metrics *metrics) { free(metrics->owner); }

        static induct_status give_metric(const char *name, const char *unit, double value, induct_metrics *metrics,
                                         induct_error *error) {
            result *given = (result *)calloc(1, sizeof *given);
            if (!given) return fail(error, INDUCT_RESOURCE_EXHAUSTED, "out of memory");
            given->value = value;
            given->metric = (induct_metric){
                .struct_size = sizeof given->metric, .kind = INDUCT_METRIC_SCALAR, .name = name, .unit = unit, .rows = 1,
                .columns = 1, .values = &given->value};
            given->metrics[0] = &given->metric;
            metrics->count = 1;
            metrics->metrics = given->metrics;
            metrics->owner = given;
            metrics->release = release_metrics;
            return INDUCT_OK;
        }

        """#
}
