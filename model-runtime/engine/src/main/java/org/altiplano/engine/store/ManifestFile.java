package org.altiplano.engine.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.altiplano.contract.ModelShape;
import org.altiplano.engine.model.Dtype;
import org.altiplano.engine.model.ModelConfig;

/** The form of {@code model.json}. */
final class ManifestFile {

    static final String NAME = "model.json";

    private static final int FORMAT = 1;

    private ManifestFile() {
    }

    static void write(ModelManifest manifest, Path file) throws IOException {
        ObjectNode json = JsonFile.JSON.createObjectNode();
        json.put("format", FORMAT);
        json.put("name", manifest.name());
        json.put("dtype", manifest.dtype().word());
        json.put("chatTemplate", manifest.chatTemplate());
        ArrayNode eos = json.putArray("eosIds");
        new TreeSet<>(manifest.eosIds()).forEach(eos::add);
        json.put("tokenizer", manifest.tokenizer());
        json.put("importedAt", manifest.importedAt().toString());
        ModelConfig config = manifest.config();
        ModelShape shape = config.shape();
        json.putObject("config").put("layers", shape.layers()).put("dim", shape.dim()).put("heads", shape.heads())
                .put("kvHeads", shape.kvHeads()).put("headDim", shape.headDim()).put("ffn", shape.ffn())
                .put("vocabulary", shape.vocabulary()).put("context", shape.context())
                .put("tiedEmbeddings", shape.tiedEmbeddings()).put("normEps", config.normEps())
                .put("ropeTheta", config.ropeTheta()).put("ropeScale", config.ropeScale());
        ArrayNode files = json.putArray("files");
        manifest.files().forEach(stored -> files.addObject().put("name", stored.name()).put("bytes", stored.bytes())
                .put("sha256", stored.sha256()));
        JsonFile.write(file, json);
    }

    static ModelManifest read(Path file) throws IOException {
        JsonFile json = JsonFile.read(file);
        if (json.requiredSize("format") != FORMAT) {
            throw json.wrong("format", "the number " + FORMAT + ", which this version reads");
        }
        try {
            return new ModelManifest(required(json, "name"), config(json.object("config")
                    .orElseThrow(() -> json.missing("config"))), Dtype.ofWord(required(json, "dtype")),
                    required(json, "chatTemplate"), new TreeSet<>(json.ids("eosIds")), json.flag("tokenizer"), files(json),
                    Instant.parse(required(json, "importedAt")));
        } catch (IllegalArgumentException | DateTimeParseException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }

    private static ModelConfig config(JsonFile json) throws IOException {
        ModelShape shape = new ModelShape(json.requiredSize("layers"), json.requiredSize("dim"), json.requiredSize("heads"),
                json.requiredSize("kvHeads"), json.requiredSize("headDim"), json.requiredSize("ffn"),
                json.requiredSize("vocabulary"), json.requiredSize("context"), json.flag("tiedEmbeddings"));
        return new ModelConfig(shape, number(json, "normEps"), number(json, "ropeTheta"), number(json, "ropeScale"));
    }

    private static List<ModelManifest.StoredFile> files(JsonFile json) throws IOException {
        List<ModelManifest.StoredFile> files = new ArrayList<>();
        for (JsonNode node : json.value("files").orElseThrow(() -> json.missing("files"))) {
            JsonFile stored = new JsonFile(json.file(), node);
            String name = required(stored, "name");
            long bytes = stored.value("bytes").filter(JsonNode::canConvertToLong).orElseThrow(() -> stored.missing("bytes"))
                    .longValue();
            ModelManifest.StoredFile described = new ModelManifest.StoredFile(name, bytes, required(stored, "sha256"));
            if (!described.isWeights() && !name.equals(ModelImport.VOCABULARY) && !OriginalFiles.NAMES.contains(name)) {
                throw stored.wrong("name", "the name of a file of the store");
            }
            files.add(described);
        }
        return files;
    }

    private static String required(JsonFile json, String field) throws IOException {
        return json.text(field).orElseThrow(() -> json.missing(field));
    }

    private static double number(JsonFile json, String field) throws IOException {
        return json.positive(field).orElseThrow(() -> json.missing(field));
    }
}
