package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano backup}. */
@Command(name = "backup", description = "Writes all that a running platform knows into one file: its database as it is at this moment, its"
        + " secrets and credentials, but no models. Keep the file like a password.")
final class BackupCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @Parameters(paramLabel = "FILE", description = "Must not exist.")
    private Path file;

    @Mixin
    private JsonOption json;

    @Override
    public void run() {
        Home home = altiplano.home();
        GatewayClient gateway = altiplano.gateway();
        if (Files.exists(file)) {
            throw new CommandFailure(file + " exists already: name another file.");
        }
        ObjectNode made = home.whileLocked(altiplano.terminal(), () -> write(home, gateway));
        altiplano.terminal().print(json.isAsked() ? Json.pretty(made) : file + " holds the platform as of " + made.path("at").asText() + " ("
                + made.path("rows").asLong() + " rows, " + ProgressLine.size(file.toFile().length()) + ").");
        if (!json.isAsked()) {
            altiplano.terminal().note(note(made));
        }
    }

    private ObjectNode write(Home home, GatewayClient gateway) {
        JsonNode database = gateway.backUp();
        Path exported = Path.of(database.path("file").asText());
        if (!Files.isReadable(exported)) {
            throw new CommandFailure("The gateway wrote " + exported + ", which cannot be read here: back up on the gateway's host, as its user.");
        }
        SecretStore store = home.secretStore();
        Map<String, Path> entries = new LinkedHashMap<>();
        entries.put(BackupFile.DATABASE, exported);
        ObjectNode manifest = Json.object().put("at", database.path("at").asText()).put("schema", database.path("schema").asText())
                .put("rows", database.path("rows").asLong());
        var apart = manifest.putArray("keptApart");
        for (Secret secret : Secret.values()) {
            if (store.isInEnvironment(secret)) {
                apart.add(secret.variable());
            } else {
                entries.put(Home.SECRETS + "/" + secret.word(), store.file(secret));
            }
        }
        if (Files.exists(home.auditHeads())) {
            entries.put(Home.SECRETS + "/" + home.auditHeads().getFileName(), home.auditHeads());
        }
        entries.put(home.credentials().getFileName().toString(), home.credentials());
        try {
            BackupFile.write(file.toAbsolutePath(), entries, manifest);
        } finally {
            delete(exported);
        }
        return manifest;
    }

    private void delete(Path exported) {
        try {
            Files.delete(exported);
        } catch (IOException failure) {
            altiplano.terminal().note("Delete " + exported + ", which cannot be deleted here: " + failure.getMessage());
        }
    }

    private static String note(JsonNode made) {
        String apart = made.path("keptApart").isEmpty() ? "" : " Not in it, since they come from the environment: " + String.join(", ",
                Json.texts(made.path("keptApart"))) + ".";
        return "It holds the secrets too: keep it like a password. Models are not in it." + apart;
    }
}
