package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano keys}. */
@Command(name = "keys", description = "API keys of a running platform.",
        subcommands = {KeysCommand.Create.class, KeysCommand.ListAll.class, KeysCommand.Revoke.class})
final class KeysCommand {

    @ParentCommand
    private Altiplano altiplano;

    /** {@code altiplano keys create}. */
    @Command(name = "create", description = "Makes a key and shows it once.")
    static final class Create implements Runnable {

        @ParentCommand
        private KeysCommand keys;

        @Option(names = "--tenant", paramLabel = "T", defaultValue = "default",
                description = "Whose key it is (default: ${DEFAULT-VALUE}).")
        private String tenant;

        @Option(names = "--name", paramLabel = "N", defaultValue = "cli",
                description = "What it is for (default: ${DEFAULT-VALUE}).")
        private String name;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            JsonNode created = keys.altiplano.gateway().createKey(name, tenant);
            keys.altiplano.terminal().print(json.isAsked() ? Json.pretty(created) : created.path("key").asText());
            if (!json.isAsked()) {
                keys.altiplano.terminal().note("Shown once. Revoke it by: altiplano keys revoke "
                        + created.path("id").asText());
            }
        }
    }

    /** {@code altiplano keys list}. */
    @Command(name = "list", description = "Shows the keys, of each only its last four characters.")
    static final class ListAll implements Runnable {

        @ParentCommand
        private KeysCommand keys;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            JsonNode known = keys.altiplano.gateway().keys();
            if (json.isAsked()) {
                keys.altiplano.terminal().print(Json.pretty(known));
                return;
            }
            Instant now = Instant.now();
            var table = new TextTable("ID", "NAME", "TENANT", "KEY", "CREATED", "STATE");
            known.forEach(key -> table.row(key.path("id").asText(), key.path("name").asText(),
                    key.path("tenant").asText(), "..." + key.path("last4").asText(), key.path("createdAt").asText(), state(key, now)));
            keys.altiplano.terminal().print(table.toString());
        }

        private static String state(JsonNode key, Instant now) {
            String end = key.path("expiresAt").asText("");
            return !key.path("revokedAt").asText("").isEmpty() ? "revoked"
                    : !end.isEmpty() && !now.isBefore(Instant.parse(end)) ? "expired" : "valid";
        }
    }

    /** {@code altiplano keys revoke}. */
    @Command(name = "revoke", description = "Ends a key for good.")
    static final class Revoke implements Runnable {

        @ParentCommand
        private KeysCommand keys;

        @Parameters(paramLabel = "ID", description = "As shown by keys list.")
        private String id;

        @Mixin
        private JsonOption json;

        @Override
        public void run() {
            keys.altiplano.gateway().revokeKey(id);
            keys.altiplano.terminal().print(json.isAsked() ? Json.pretty(Json.object().put("revoked", id))
                    : "Key " + id + " is revoked.");
        }
    }
}
