package org.altiplano.cli;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import org.altiplano.security.identity.IdentityProvider;

/**
 * Brings a home's platform up, on the command's thread: looks what runs, gets the models, starts what is missing and
 * waits until it serves. Holds the home's lock meanwhile.
 */
final class PlatformStart {

    /** What is served when nothing else is. */
    static final String DEFAULT_MODEL = "smollm2-135m-instruct";

    private static final long LEAST_FREE_BYTES = 200_000_000;

    /**
     * What the user asked for.
     *
     * @param models to be served besides those that were before
     * @param workers absent: as many as before, or one
     * @param httpPort absent: as it runs or ran until it ended by itself, else 8080; 0: any free one
     * @param identity where users are to be kept, keycloak being one of the platform's own; absent: what the environment says,
     *         else as before
     */
    record Wish(List<String> models, OptionalInt workers, OptionalInt httpPort, Optional<IdentityProvider> identity) {
    }

    /**
     * What came of it.
     *
     * @param first whether the home was new: the credentials have not been shown before
     * @param processes all that run now
     * @param started names of those that this start began
     * @param models what is served
     */
    record Outcome(Ports ports, Credentials credentials, boolean first, List<ManagedProcess> processes,
                   List<String> started, List<String> models) {
    }

    private final Home home;
    private final Distribution distribution;
    private final Terminal terminal;
    private final Supplier<Optional<String>> code;
    private final ProcessTable table;

    PlatformStart(Home home, Distribution distribution, Terminal terminal, Supplier<Optional<String>> code) {
        this.home = home;
        this.distribution = distribution;
        this.terminal = terminal;
        this.code = code;
        this.table = new ProcessTable(home);
    }

    Outcome start(Wish wish) {
        List<ManagedProcess> known = table.all();
        boolean keycloak = wantsKeycloak(known, wish);
        List<String> missing = missing(known, wish, keycloak);
        boolean first = home.isNew();
        noteSpare(known, wish);
        Ports ports = ports(known, wish, missing, keycloak);
        List<String> models = wish.models().isEmpty() && first ? List.of(DEFAULT_MODEL) : wish.models();
        checkDisk();
        var store = new LocalModels(home, terminal);
        models.forEach(store::obtain);
        Credentials credentials = Credentials.readOrCreate(home, new SecureRandom());
        known.stream().filter(process -> missing.contains(process.name())).forEach(process -> terminal.note(
                process.name() + " has ended by itself (see " + home.log(process.name()) + "); starting it again."));
        Optional<LocalKeycloak> own = ports.keycloak().map(port -> new LocalKeycloak(home, distribution, port));
        // Keycloak first: it takes longest.
        launch(missing, ports, name -> switch (name) {
            case ManagedProcess.KEYCLOAK -> own.orElseThrow().plan(credentials, RealmSecrets.readOrCreate(home, new SecureRandom()), ports.baseUrl());
            case ManagedProcess.GATEWAY -> GatewayPlan.of(home, distribution, ports, models);
            default -> WorkerPlan.of(name, home, distribution, ports, workers(known, wish));
        });
        var readiness = new Readiness(home, table, terminal, new GatewayClient(ports.baseUrl(), credentials, code), store);
        readiness.await(missing);
        own.ifPresent(local -> {
            readiness.awaitKeycloak(missing, local);
            local.settle();
        });
        List<String> served = readiness.serve(models);
        home.markUsed();
        return new Outcome(ports, credentials, first, table.all(), missing, served);
    }

    /** Whether the platform is to have a Keycloak of its own. A gateway that runs cannot change where its users are. */
    private boolean wantsKeycloak(List<ManagedProcess> known, Wish wish) {
        boolean before = Ports.read(home).flatMap(Ports::keycloak).isPresent();
        boolean told = environment("ALTIPLANO_IDENTITY").isPresent();
        boolean wanted = wish.identity().map(IdentityProvider.KEYCLOAK::equals).orElse(before && !told);
        boolean runs = known.stream().anyMatch(process -> process.name().equals(ManagedProcess.GATEWAY) && process.isAlive());
        if (runs && wanted != before) {
            throw new CommandFailure("The gateway already runs " + (before ? "with a Keycloak of its own" : "without a Keycloak of its own")
                    + ": end it by altiplano down to change that.");
        }
        if (wanted) {
            LocalKeycloak.require(distribution);
            if (environment("ALTIPLANO_KEYCLOAK_REALM").isPresent()) {
                throw new CommandFailure("ALTIPLANO_KEYCLOAK_REALM names a Keycloak that is there already: with --identity keycloak the"
                        + " platform starts one of its own. Leave one of them out.");
            }
            if (!ownHost().orElse(Ports.LOOPBACK).equals(Ports.LOOPBACK)) {
                throw new CommandFailure("A Keycloak of the platform's own is for this machine only: leave out ALTIPLANO_HTTP_HOST, or use a"
                        + " Keycloak that is there already (ALTIPLANO_IDENTITY, ALTIPLANO_KEYCLOAK_REALM).");
            }
        }
        return wanted;
    }

    /** Names of the processes that do not run but should, in the order of their start. */
    private List<String> missing(List<ManagedProcess> known, Wish wish, boolean keycloak) {
        List<String> names = new ArrayList<>();
        if (keycloak) {
            names.add(ManagedProcess.KEYCLOAK);
        }
        for (int number = 1; number <= workers(known, wish); number++) {
            names.add(ManagedProcess.worker(number));
        }
        names.add(ManagedProcess.GATEWAY);
        known.stream().filter(ManagedProcess::isAlive).map(ManagedProcess::name).forEach(names::remove);
        return names;
    }

    private static int workers(List<ManagedProcess> known, Wish wish) {
        int before = (int) known.stream().filter(ManagedProcess::isWorker).count();
        return wish.workers().orElse(Math.max(1, before));
    }

    /** More workers come at once; that fewer are wished for must not go unsaid. */
    private void noteSpare(List<ManagedProcess> known, Wish wish) {
        long running = known.stream().filter(ManagedProcess::isWorker).filter(ManagedProcess::isAlive).count();
        if (wish.workers().isPresent() && wish.workers().getAsInt() < running) {
            terminal.note(running + " workers run already and go on; for " + wish.workers().getAsInt()
                    + " end them by altiplano down first.");
        }
    }

    private Ports ports(List<ManagedProcess> known, Wish wish, List<String> missing, boolean keycloak) {
        Optional<Ports> before = Ports.read(home);
        Ports ports = before.orElseGet(() -> Ports.fresh(Ports.LOOPBACK, Ports.HTTP));
        if (missing.contains(ManagedProcess.GATEWAY)) {
            boolean again = known.stream().anyMatch(process -> process.name().equals(ManagedProcess.GATEWAY));
            ports = ports.forGateway(ownHost(), wish.httpPort(), again);
            if (wish.httpPort().isEmpty() && before.isPresent() && before.get().httpPort() != ports.httpPort()) {
                terminal.note("The gateway listens on port " + ports.httpPort() + ", the default; the last time it was "
                        + before.get().httpPort() + ", which --http-port " + before.get().httpPort() + " brings back.");
            }
        } else if (wish.httpPort().orElse(ports.httpPort()) != ports.httpPort()) {
            throw new CommandFailure("The gateway already runs on port " + ports.httpPort()
                    + ": end it by altiplano down to move it to port " + wish.httpPort().getAsInt() + ".");
        }
        for (String process : missing) {
            ports = process.equals(ManagedProcess.KEYCLOAK) ? ports.withKeycloakPort() : ports.withClusterPort(process);
        }
        return keycloak ? ports : ports.withoutKeycloak();
    }

    private static Optional<String> ownHost() {
        return environment("ALTIPLANO_HTTP_HOST");
    }

    private static Optional<String> environment(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    private void checkDisk() {
        if (home.freeBytes() < LEAST_FREE_BYTES) {
            throw new CommandFailure("The disk of " + home.folder() + " is full: " + ProgressLine.size(home.freeBytes())
                    + " are free, Altiplano needs at least " + ProgressLine.size(LEAST_FREE_BYTES) + ".");
        }
    }

    private void launch(List<String> missing, Ports ports, Function<String, LaunchPlan> plans) {
        if (!missing.isEmpty()) {
            ports.write(home);
        }
        missing.forEach(name -> table.add(plans.apply(name).launch(Instant.now())));
    }
}
