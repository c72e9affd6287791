package org.altiplano.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.secrets.MacKey;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano secrets}. */
@Command(name = "secrets", description = "What this platform keeps to itself, outside its database.",
        subcommands = SecretsCommand.Rotate.class)
final class SecretsCommand {

    @ParentCommand
    private Altiplano altiplano;

    /** {@code altiplano secrets rotate}. */
    @Command(name = "rotate", description = "Makes a new secret, which the gateway uses from its next start on. What was made with an"
            + " older pepper or audit key can still be checked.")
    static final class Rotate implements Runnable {

        @ParentCommand
        private SecretsCommand secrets;

        @Parameters(paramLabel = "NAME", description = "One of pepper, audit-key, salt-key.")
        private String name;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        @Override
        public void run() {
            Secret secret = List.of(Secret.values()).stream().filter(one -> one.word().equals(name)).findFirst()
                    .orElseThrow(() -> new CommandLine.ParameterException(spec.commandLine(), "There is no secret " + name + "."));
            Home home = secrets.altiplano.home();
            SecretStore store = home.secretStore();
            if (store.isInEnvironment(secret)) {
                throw new CommandFailure(store.place(secret) + " holds the " + name + ": change it where that comes from.");
            }
            String text = String.join("\n", rotated(store, secret, new SecureRandom())) + "\n";
            PrivateFile.write(store.file(secret), text.getBytes(StandardCharsets.US_ASCII));
            secrets.altiplano.terminal().print("The " + name + " is new. Copy " + store.file(secret)
                    + " to every host of a gateway, then restart the gateways; here by altiplano down and altiplano up.");
        }

        private static List<String> rotated(SecretStore store, Secret secret, SecureRandom random) {
            try {
                return switch (secret) {
                    case PEPPER -> {
                        store.read(secret, Pepper::parse);
                        yield Pepper.rotated(store.lines(secret), random);
                    }
                    case AUDIT_KEY -> {
                        store.read(secret, AuditKey::parse);
                        yield AuditKey.rotated(store.lines(secret), random);
                    }
                    case SALT_KEY -> List.of(MacKey.generate(random));
                };
            } catch (IOException unreadable) {
                throw new CommandFailure(unreadable.getMessage(), unreadable);
            }
        }
    }
}
