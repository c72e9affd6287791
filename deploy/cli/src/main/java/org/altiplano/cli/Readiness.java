package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Waits, on the command's thread, until what was started serves; says what it waits for and why it would wait in vain. */
final class Readiness {

    private static final Duration GATEWAY_PATIENCE = Duration.ofMinutes(3);
    private static final Duration KEYCLOAK_PATIENCE = Duration.ofMinutes(4);
    private static final Duration WORKER_PATIENCE = Duration.ofMinutes(1);
    private static final Duration MODEL_PATIENCE = Duration.ofMinutes(10);

    private final Home home;
    private final ProcessTable table;
    private final Terminal terminal;
    private final GatewayClient gateway;
    private final LocalModels store;

    Readiness(Home home, ProcessTable table, Terminal terminal, GatewayClient gateway, LocalModels store) {
        this.home = home;
        this.table = table;
        this.terminal = terminal;
        this.gateway = gateway;
        this.store = store;
    }

    /** Waits for the gateway and for the workers to join it. */
    void await(List<String> started) {
        awaitGateway(started);
        List<ManagedProcess> workers = table.all().stream().filter(ManagedProcess::isWorker).toList();
        for (ManagedProcess worker : workers) {
            await(worker.name(), "up", started.contains(worker.name()), WORKER_PATIENCE, () ->
                    stream(gateway.workers()).anyMatch(known -> known.path("id").asText().equals(worker.name())));
        }
    }

    /**
     * Has these models served, or the default one if there would be none, and waits for all that are to be served.
     *
     * @return all that are served
     */
    List<String> serve(List<String> wished) {
        for (String model : wished) {
            if (!isPlaced(model)) {
                gateway.serve(model);
            }
        }
        if (placed().isEmpty()) {
            store.obtain(PlatformStart.DEFAULT_MODEL);
            gateway.serve(PlatformStart.DEFAULT_MODEL);
        }
        List<String> placed = placed();
        placed.forEach(this::awaitModel);
        return placed;
    }

    /** Waits until every worker answers with a placed model. */
    void awaitModel(String model) {
        if (!store.holds(model)) {
            throw new CommandFailure("Model " + model + " is to be served but is not in the store: "
                    + LocalModels.howToGet(model) + ", or altiplano models unserve " + model);
        }
        ProgressLine line = terminal.progress("model " + model);
        long deadline = System.nanoTime() + MODEL_PATIENCE.toNanos();
        String news = "";
        for (List<JsonNode> held = held(model); !isServing(held); held = held(model)) {
            for (JsonNode copy : held) {
                if (copy.path("state").asText().equals("failed")) {
                    line.failed();
                    throw new CommandFailure("Model " + model + " could not be loaded: " + copy.path("detail").asText());
                }
            }
            String detail = held.stream().map(copy -> copy.path("detail").asText()).filter(text -> !text.isEmpty())
                    .distinct().collect(Collectors.joining(", "));
            if (!news.equals(detail)) {
                news = detail;
                deadline = System.nanoTime() + MODEL_PATIENCE.toNanos();
            }
            line.update(detail.isEmpty() ? "loading" : detail);
            checkAlive(table.all(), line);
            checkTime(deadline, "Model " + model + " is not being served", MODEL_PATIENCE, line);
            Pause.brief();
        }
        line.done("serving");
    }

    private List<JsonNode> held(String model) {
        return stream(gateway.workers()).flatMap(worker -> stream(worker.path("models")))
                .filter(copy -> copy.path("name").asText().equals(model)).toList();
    }

    private boolean isServing(List<JsonNode> held) {
        return held.size() >= table.all().stream().filter(ManagedProcess::isWorker).count()
                && held.stream().allMatch(copy -> copy.path("state").asText().equals("serving"));
    }

    /** Waits until a model is out of every worker's memory. */
    void awaitGone(String model) {
        ProgressLine line = terminal.progress("model " + model);
        long deadline = System.nanoTime() + MODEL_PATIENCE.toNanos();
        while (!held(model).isEmpty()) {
            line.update("finishing what runs");
            checkTime(deadline, "Model " + model + " is still held", MODEL_PATIENCE, line);
            Pause.brief();
        }
        line.done("no longer served");
    }

    void awaitGateway(List<String> started) {
        await(ManagedProcess.GATEWAY, "ready", started.contains(ManagedProcess.GATEWAY), GATEWAY_PATIENCE, gateway::isReady);
    }

    /** Waits for the platform's own Keycloak. */
    void awaitKeycloak(List<String> started, LocalKeycloak keycloak) {
        await(ManagedProcess.KEYCLOAK, "ready", started.contains(ManagedProcess.KEYCLOAK), KEYCLOAK_PATIENCE, keycloak::isReady);
    }

    private void await(String name, String result, boolean started, Duration patience,
                       BooleanSupplier condition) {
        if (!started && condition.getAsBoolean()) {
            return;
        }
        ProgressLine line = terminal.progress(name);
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            line.update("starting");
            checkAlive(table.all(), line);
            checkRefusal(name, line);
            checkTime(deadline, name + " is not " + result, patience, line);
            Pause.brief();
        }
        line.done(result);
    }

    private void checkAlive(List<ManagedProcess> processes, ProgressLine line) {
        for (ManagedProcess process : processes) {
            if (!process.isAlive()) {
                line.failed();
                throw new CommandFailure(process.name() + " has ended: " + LogTail.lastWords(home.log(process.name()))
                        + System.lineSeparator() + "More in " + home.log(process.name()));
            }
        }
    }

    /** A gateway that refuses to start would stay as a server without an application, in the way of the next start. */
    private void checkRefusal(String name, ProgressLine line) {
        LogTail.refusal(home.log(name)).ifPresent(reason -> {
            line.failed();
            new PlatformStop(table, terminal, PlatformStop.PATIENCE).stop(table.all().stream().filter(process -> process.name().equals(name)).toList());
            throw new CommandFailure("The " + name + " refuses to start. " + reason + System.lineSeparator() + "More in " + home.log(name));
        });
    }

    private void checkTime(long deadline, String what, Duration patience, ProgressLine line) {
        if (System.nanoTime() > deadline) {
            line.failed();
            throw new CommandFailure(what + " after " + ProgressLine.inWords(patience) + ": see " + home.logs());
        }
    }

    private List<String> placed() {
        return stream(gateway.models()).filter(model -> model.path("placed").asBoolean())
                .map(model -> model.path("name").asText()).toList();
    }

    private boolean isPlaced(String model) {
        return model(model).path("placed").asBoolean();
    }

    private JsonNode model(String name) {
        return stream(gateway.models()).filter(model -> model.path("name").asText().equals(name)).findFirst()
                .orElse(Json.object());
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
