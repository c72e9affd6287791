package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.altiplano.security.secrets.Secret;
import org.altiplano.security.secrets.SecretStore;

/**
 * Restores a backup into a home whose platform is down, on the command's thread, under the home's lock. The gateway itself
 * fills the database, since it knows where that is and what it must look like; it is started for that alone, without workers.
 */
final class PlatformRestore {

    private static final String CREDENTIALS = "credentials.json";
    /** What a backup may bring and what it takes the place of. */
    private static final List<String> STATE = List.of("db", Home.SECRETS, CREDENTIALS);

    private final Home home;
    private final Distribution distribution;
    private final Terminal terminal;
    private final Supplier<Optional<String>> code;
    private final ProcessTable table;

    PlatformRestore(Home home, Distribution distribution, Terminal terminal, Supplier<Optional<String>> code) {
        this.home = home;
        this.distribution = distribution;
        this.terminal = terminal;
        this.code = code;
        this.table = new ProcessTable(home);
    }

    Restored restore(Path file, Instant now) {
        if (!table.alive().isEmpty()) {
            throw new CommandFailure("Altiplano is running in " + home.folder() + ": end it by altiplano down before a backup is restored.");
        }
        Path unpacked = home.folder().resolve("restore");
        try {
            delete(unpacked);
            Files.createDirectory(unpacked, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            JsonNode manifest = BackupFile.unpack(file, unpacked, entries());
            requireSecrets(manifest, unpacked);
            return replace(manifest, unpacked, home.folder().resolve("before-restore-" + now.getEpochSecond()));
        } catch (IOException failure) {
            throw new CommandFailure("The home " + home.folder() + " cannot be used: " + failure.getMessage(), failure);
        } finally {
            try {
                delete(unpacked);
            } catch (IOException left) {
                terminal.note("Delete " + unpacked + ", which holds secrets: " + left.getMessage());
            }
        }
    }

    private Restored replace(JsonNode manifest, Path unpacked, Path before) throws IOException {
        boolean any = setAside(before);
        boolean done = false;
        try {
            for (String name : List.of(Home.SECRETS, CREDENTIALS)) {
                if (Files.exists(unpacked.resolve(name))) {
                    Files.move(unpacked.resolve(name), home.folder().resolve(name));
                }
            }
            home.create();
            protect();
            Optional<String> fault = fill(unpacked.resolve(BackupFile.DATABASE));
            home.markUsed();
            done = true;
            return new Restored(manifest.path("at").asText(), any ? Optional.of(before) : Optional.empty(), fault);
        } finally {
            if (!done) {
                putBack(before, any);
            }
        }
    }

    private Optional<String> fill(Path database) {
        Ports ports = Ports.read(home).orElseGet(() -> Ports.fresh(Ports.LOOPBACK, Ports.HTTP))
                .forGateway(Optional.of(Ports.LOOPBACK), OptionalInt.of(0), false).withClusterPort(ManagedProcess.GATEWAY);
        table.all().forEach(table::remove);
        try {
            table.add(GatewayPlan.of(home, distribution, ports, List.of()).with("ALTIPLANO_RESTORE", database.toString()).launch(Instant.now()));
            GatewayClient gateway = new GatewayClient(ports.baseUrl(), Credentials.read(home), code);
            new Readiness(home, table, terminal, gateway, new LocalModels(home, terminal)).awaitGateway(List.of(ManagedProcess.GATEWAY));
            return fault(gateway);
        } finally {
            new PlatformStop(table, terminal, PlatformStop.PATIENCE).stop(table.all());
        }
    }

    private Optional<String> fault(GatewayClient gateway) {
        try {
            return AuditCheck.faults(new AuditCheck(home, gateway).run(Optional.empty()));
        } catch (CommandFailure unchecked) {
            // Such as another password than the credentials file has: no reason to throw away what was restored.
            return Optional.of("The audit log was not checked: " + unchecked.getMessage());
        }
    }

    private static Set<String> entries() {
        Set<String> entries = new HashSet<>(Set.of(BackupFile.DATABASE, CREDENTIALS, Home.SECRETS + "/audit-heads.json"));
        Stream.of(Secret.values()).forEach(secret -> entries.add(Home.SECRETS + "/" + secret.word()));
        return entries;
    }

    /** The environment must have the secrets that it had, and none in the place of those that the backup brings. */
    private void requireSecrets(JsonNode manifest, Path unpacked) {
        SecretStore brought = new SecretStore(unpacked.resolve(Home.SECRETS), System.getenv());
        for (Secret secret : Secret.values()) {
            boolean apart = Json.texts(manifest.path("keptApart")).contains(secret.variable());
            if (apart != brought.isInEnvironment(secret)) {
                throw new CommandFailure(apart ? "The backup does not hold the " + secret.word() + ", which was in the environment: set "
                        + secret.variable() + " to what it was." : "The backup brings its own " + secret.word() + ": unset " + secret.variable() + ".");
            }
            if (!brought.exists(secret)) {
                throw new CommandFailure("The backup does not hold the " + secret.word() + ".");
            }
        }
    }

    /** @return whether there was anything */
    private boolean setAside(Path before) throws IOException {
        boolean any = false;
        for (String name : STATE) {
            Path there = home.folder().resolve(name);
            if (Files.exists(there) && !isEmptyFolder(there)) {
                Files.createDirectories(before, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                Files.move(there, before.resolve(name));
                any = true;
            } else {
                delete(there);
            }
        }
        return any;
    }

    private void putBack(Path before, boolean any) throws IOException {
        for (String name : STATE) {
            delete(home.folder().resolve(name));
            if (Files.exists(before.resolve(name))) {
                Files.move(before.resolve(name), home.folder().resolve(name));
            }
        }
        if (any) {
            delete(before);
        }
        home.create();
    }

    private void protect() throws IOException {
        try (Stream<Path> files = Stream.concat(Files.list(home.secrets()), Stream.of(home.credentials()))) {
            for (Path file : files.toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            }
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (Stream<Path> content = Files.list(path)) {
            return content.findAny().isEmpty();
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.exists(path)) {
            try (Stream<Path> content = Files.walk(path)) {
                for (Path one : content.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(one);
                }
            }
        }
    }
}
