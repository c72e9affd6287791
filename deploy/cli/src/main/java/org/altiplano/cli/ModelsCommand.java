package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.altiplano.contract.ModelCatalogue;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.store.ImportRequest;
import org.altiplano.engine.store.ModelManifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano models}. */
@Command(name = "models", description = "The models of the local store, and which of them the workers hold.",
        subcommands = {ModelsCommand.Pull.class, ModelsCommand.Import.class, ModelsCommand.Export.class,
                ModelsCommand.ListAll.class, ModelsCommand.Remove.class, ModelsCommand.Serve.class, ModelsCommand.Unserve.class})
final class ModelsCommand {

    @ParentCommand
    private Altiplano altiplano;

    private LocalModels store() {
        altiplano.home().create();
        return new LocalModels(altiplano.home(), altiplano.terminal());
    }

    private boolean isRunning() {
        return new ProcessTable(altiplano.home()).alive(ManagedProcess.GATEWAY).isPresent();
    }

    private void print(JsonOption json, ObjectNode value, String sentence) {
        altiplano.terminal().print(json.isAsked() ? Json.pretty(value) : sentence);
    }

    private static ObjectNode json(ModelManifest manifest) {
        return Json.object().put("name", manifest.name()).put("dtype", manifest.dtype().word())
                .put("chatTemplate", manifest.chatTemplate()).put("tokenizer", manifest.tokenizer())
                .put("parameters", manifest.config().shape().parameters())
                .put("contextLength", manifest.config().shape().context()).put("bytes", bytes(manifest));
    }

    private static long bytes(ModelManifest manifest) {
        return manifest.files().stream().mapToLong(ModelManifest.StoredFile::bytes).sum();
    }

    /** {@code altiplano models pull}. */
    @Command(name = "pull", description = "Fetches a model of the catalogue into the store.")
    static final class Pull implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(paramLabel = "NAME", description = "Such as " + PlatformStart.DEFAULT_MODEL + ".")
        private String name;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            LocalModels store = models.store();
            Optional<ModelManifest> held = store.all().stream().filter(model -> model.name().equals(name)).findFirst();
            ModelManifest manifest = held.orElseGet(() -> store.pull(name));
            models.print(json, json(manifest), held.isPresent() ? "Model " + name + " is already in the store."
                    : "Model " + name + " is in the store.");
        }
    }

    /** {@code altiplano models import}. */
    @Command(name = "import", description = "Brings a checkpoint of your own into the store.")
    static final class Import implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(paramLabel = "PATH",
                description = "A Hugging Face folder (config.json, safetensors, tokenizer), a folder of Meta's"
                        + " (params.json, consolidated.NN.pth, tokenizer.model) or a GGUF file.")
        private Path path;

        @Option(names = "--name", paramLabel = "NAME", required = true, description = "Its name in the store.")
        private String name;

        @Option(names = "--dtype", paramLabel = "DTYPE", defaultValue = "q8",
                description = "How it is computed: q8, int4, half or fp32 (default: ${DEFAULT-VALUE}).")
        private String dtype;

        @Option(names = "--chat-template", paramLabel = "TEMPLATE",
                description = "llama2, chatml or none (default: as the checkpoint says).")
        private Optional<String> chatTemplate = Optional.empty();

        @Mixin
        private JsonOption json;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            ModelManifest manifest = models.store().add(request());
            models.print(json, json(manifest), "Model " + name + " is in the store"
                    + (manifest.tokenizer() ? "." : "; it came without a tokenizer and answers token ids only."));
        }

        private ImportRequest request() {
            try {
                return new ImportRequest(path, name, Dtype.ofWord(dtype), chatTemplate);
            } catch (IllegalArgumentException wrong) {
                throw new CommandLine.ParameterException(spec.commandLine(), wrong.getMessage());
            }
        }
    }

    /** {@code altiplano models export}. */
    @Command(name = "export", description = "Writes a stored model as a Hugging Face folder, which other tools open.")
    static final class Export implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(index = "0", paramLabel = "NAME", description = "As shown by models list.")
        private String name;

        @Parameters(index = "1", paramLabel = "DIR", description = "A folder that is empty or not there yet.")
        private Path folder;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            models.store().export(name, folder);
            models.print(json, Json.object().put("exported", name).put("folder", folder.toString()),
                    "Model " + name + " is written to " + folder + ".");
        }
    }

    /** {@code altiplano models list}. */
    @Command(name = "list", description = "Shows the models that are known, stored and served.")
    static final class ListAll implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            Map<String, String> states = new TreeMap<>();
            if (models.isRunning()) {
                for (JsonNode model : models.altiplano.gateway().models()) {
                    if (model.path("placed").asBoolean()) {
                        states.put(model.path("name").asText(), model.path("state").asText());
                    }
                }
            }
            List<ModelManifest> stored = models.store().all();
            if (json.isAsked()) {
                var array = Json.array();
                stored.forEach(model -> array.add(json(model).put("state",
                        states.getOrDefault(model.name(), "stored"))));
                unstored(stored).forEach(entry -> array.add(Json.object().put("name", entry.name())
                        .put("chatTemplate", entry.chatTemplate()).put("parameters", entry.shape().parameters())
                        .put("contextLength", entry.shape().context()).put("state", "known")));
                models.altiplano.terminal().print(Json.pretty(array));
                return;
            }
            var table = new TextTable("NAME", "STATE", "PARAMETERS", "CONTEXT", "DTYPE", "CHAT", "SIZE");
            stored.forEach(model -> table.row(model.name(), states.getOrDefault(model.name(), "stored"),
                    parameters(model.config().shape().parameters()),
                    Integer.toString(model.config().shape().context()), model.dtype().word(), model.chatTemplate(),
                    ProgressLine.size(bytes(model))));
            unstored(stored).forEach(entry -> table.row(entry.name(), "known", parameters(entry.shape().parameters()),
                    Integer.toString(entry.shape().context()), "", entry.chatTemplate(),
                    entry.pullable() ? "pull" : "import your own"));
            models.altiplano.terminal().print(table.toString());
        }

        private static List<ModelCatalogue.Entry> unstored(List<ModelManifest> stored) {
            return ModelCatalogue.ENTRIES.stream().filter(entry ->
                    stored.stream().noneMatch(model -> model.name().equals(entry.name()))).toList();
        }

        private static String parameters(long count) {
            return count < 1_000_000_000 ? String.format(Locale.ROOT, "%.1fM", count / 1e6)
                    : String.format(Locale.ROOT, "%.1fB", count / 1e9);
        }
    }

    /** {@code altiplano models remove}. */
    @Command(name = "remove", description = "Deletes a model from the store.")
    static final class Remove implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(paramLabel = "NAME", description = "As shown by models list.")
        private String name;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            LocalModels store = models.store();
            if (store.holds(name) && models.isRunning()) {
                for (JsonNode model : models.altiplano.gateway().models()) {
                    if (model.path("name").asText().equals(name) && model.path("placed").asBoolean()) {
                        throw new CommandFailure("Model " + name + " is being served: altiplano models unserve " + name
                                + " first.");
                    }
                }
            }
            store.remove(name);
            models.print(json, Json.object().put("removed", name), "Model " + name + " is removed.");
        }
    }

    /** {@code altiplano models serve}. */
    @Command(name = "serve", description = "Has the running workers load a stored model; returns when it answers.")
    static final class Serve implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(paramLabel = "NAME", description = "As shown by models list.")
        private String name;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            LocalModels store = models.store();
            if (!store.holds(name)) {
                throw new CommandFailure("Model " + name + " is not in the store: " + LocalModels.howToGet(name));
            }
            GatewayClient gateway = models.altiplano.gateway();
            gateway.serve(name);
            readiness(models, gateway, store).awaitModel(name);
            models.print(json, Json.object().put("serving", name), "Model " + name + " is being served.");
        }
    }

    /** {@code altiplano models unserve}. */
    @Command(name = "unserve", description = "Has the running workers free a model; what runs on it finishes first.")
    static final class Unserve implements Runnable {

        @ParentCommand
        private ModelsCommand models;

        @Parameters(paramLabel = "NAME", description = "As shown by models list.")
        private String name;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            GatewayClient gateway = models.altiplano.gateway();
            gateway.unserve(name);
            readiness(models, gateway, models.store()).awaitGone(name);
            models.print(json, Json.object().put("unserved", name), "Model " + name + " is no longer served.");
        }
    }

    private static Readiness readiness(ModelsCommand models, GatewayClient gateway, LocalModels store) {
        Home home = models.altiplano.home();
        return new Readiness(home, new ProcessTable(home), models.altiplano.terminal(), gateway, store);
    }
}
