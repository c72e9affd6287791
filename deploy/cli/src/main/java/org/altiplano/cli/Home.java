package org.altiplano.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import org.altiplano.security.secrets.SecretStore;

/**
 * The folder in which a platform keeps all that is its own: models, database, secrets, logs, running processes.
 *
 * @param folder absolute
 */
record Home(Path folder) {

    /** Name of the folder of the secrets. */
    static final String SECRETS = "secrets";

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");

    Home {
        folder = folder.toAbsolutePath().normalize();
    }

    Path models() {
        return folder.resolve("models");
    }

    /** What may be brought into the store for whoever asks over the network. */
    Path imports() {
        return folder.resolve("import");
    }

    Path database() {
        return folder.resolve("db");
    }

    Path liberty() {
        return folder.resolve("liberty");
    }

    Path logs() {
        return folder.resolve("logs");
    }

    Path log(String process) {
        return logs().resolve(process + ".log");
    }

    Path run() {
        return folder.resolve("run");
    }

    Path secrets() {
        return folder.resolve(SECRETS);
    }

    /** What is in there, and what the environment has in its place. */
    SecretStore secretStore() {
        return new SecretStore(secrets(), System.getenv());
    }

    /** By which the gateway proves itself to the realm for the console. */
    Path consoleSecret() {
        return secrets().resolve("keycloak-console");
    }

    /** By which the gateway may look after the realm's organizations and users. */
    Path provisionerSecret() {
        return secrets().resolve("keycloak-provisioner");
    }

    /** What a Keycloak of this platform's own runs in and keeps. */
    Path keycloak() {
        return folder.resolve("keycloak");
    }

    /** How far the audit log was found in order. */
    Path auditHeads() {
        return secrets().resolve("audit-heads.json");
    }

    Path credentials() {
        return folder.resolve("credentials.json");
    }

    /** Whether the platform has never been up here. */
    boolean isNew() {
        return !Files.exists(beenUp());
    }

    /** Remembers that the platform has been up. */
    void markUsed() {
        if (isNew()) {
            PrivateFile.write(beenUp(), new byte[0]);
        }
    }

    private Path beenUp() {
        return run().resolve("been-up");
    }

    /** Makes the folders that are missing. Secrets, running state and data are for the owner only. */
    void create() {
        try {
            for (Path open : new Path[] {folder, models(), imports(), liberty(), logs()}) {
                Files.createDirectories(open);
            }
            for (Path closed : new Path[] {secrets(), run(), database()}) {
                Files.createDirectories(closed);
                Files.setPosixFilePermissions(closed, OWNER_ONLY);
            }
        } catch (IOException | UnsupportedOperationException unusable) {
            throw new CommandFailure("The home " + folder + " cannot be used (" + unusable.getMessage()
                    + "): choose another with --home.", unusable);
        }
    }

    /** Does something while no other command starts or stops this platform. */
    <T> T whileLocked(Terminal terminal, Supplier<T> action) {
        try (FileChannel channel = FileChannel.open(run().resolve("lock"), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            if (channel.tryLock() == null) {
                terminal.note("Another altiplano command is starting or stopping this platform; waiting for it.");
                channel.lock();
            }
            return action.get();
        } catch (IOException failure) {
            throw new CommandFailure("The home " + folder + " cannot be locked: " + failure.getMessage(), failure);
        }
    }

    /** Free space of the disk, in bytes. */
    long freeBytes() {
        return folder.toFile().getUsableSpace();
    }
}
