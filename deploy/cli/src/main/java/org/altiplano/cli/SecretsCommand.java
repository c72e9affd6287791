package org.altiplano.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.audit.AuditKey;
import org.altiplano.security.secrets.MacKey;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
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
            + " older pepper or audit key can still be checked. Where several gateways are to be restarted one after the other, prepare it first.")
    static final class Rotate implements Runnable {

        @ParentCommand
        private SecretsCommand secrets;

        @Parameters(paramLabel = "NAME", description = "One of pepper, audit-key, salt-key.")
        private String name;

        @Option(names = "--prepare", description = "Only makes it known: gateways that are started with it check by it, and use it after the next"
                + " rotation.")
        private boolean prepare;

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
            List<String> lines = (prepare ? prepared(store, secret, new SecureRandom()) : Optional.of(rotated(store, secret, new SecureRandom())))
                    .orElseThrow(() -> new CommandLine.ParameterException(spec.commandLine(), "The " + name + " needs no preparation: rotate it."));
            PrivateFile.write(store.file(secret), (String.join("\n", lines) + "\n").getBytes(StandardCharsets.US_ASCII));
            secrets.altiplano.terminal().print((prepare ? "A new " + name + " is prepared." : "The " + name + " is new.") + " Copy " + store.file(secret)
                    + " to every host of a gateway, then restart the gateways; here by altiplano down and altiplano up."
                    + (prepare ? " Then rotate it." : ""));
        }

        /** Empty for a secret of which gateways may have different ones for a while. */
        private static Optional<List<String>> prepared(SecretStore store, Secret secret, SecureRandom random) {
            try {
                return switch (secret) {
                    case PEPPER -> {
                        store.read(secret, Pepper::parse);
                        yield Optional.of(Pepper.prepared(store.lines(secret), random));
                    }
                    case AUDIT_KEY -> {
                        store.read(secret, AuditKey::parse);
                        yield Optional.of(AuditKey.prepared(store.lines(secret), random));
                    }
                    case SALT_KEY -> Optional.empty();
                };
            } catch (IOException unreadable) {
                throw new CommandFailure(unreadable.getMessage(), unreadable);
            }
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
