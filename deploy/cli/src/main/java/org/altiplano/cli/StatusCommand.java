package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano status}. */
@Command(name = "status", description = "Shows the processes, the models and how busy they are.")
final class StatusCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @Mixin
    private JsonOption json;

    @Override
    public void run() {
        Home home = altiplano.home();
        List<ManagedProcess> processes = new ProcessTable(home).all();
        boolean reachable = processes.stream().anyMatch(
                process -> process.isAlive() && process.name().equals(ManagedProcess.GATEWAY));
        Optional<GatewayClient> gateway = reachable ? Optional.of(altiplano.gateway()) : Optional.empty();
        JsonNode workers = Json.array();
        Optional<CommandFailure> silent = Optional.empty();
        try {
            workers = gateway.map(GatewayClient::workers).orElse(Json.array());
        } catch (CommandFailure failure) {
            silent = Optional.of(failure);
        }
        altiplano.terminal().print(json.isAsked() ? Json.pretty(json(home, processes, gateway, workers))
                : text(home, processes, gateway, workers));
        // What is known without the gateway is shown all the same: one that starts or hangs is what people look for.
        if (silent.isPresent()) {
            throw silent.get();
        }
    }

    private static ObjectNode json(Home home, List<ManagedProcess> processes, Optional<GatewayClient> gateway,
                                   JsonNode workers) {
        ObjectNode status = Json.object().put("running", !processes.isEmpty()
                && processes.stream().allMatch(ManagedProcess::isAlive)).put("home", home.folder().toString());
        gateway.ifPresent(client -> status.put("apiBaseUrl", client.baseUrl() + "/v1")
                .put("consoleUrl", client.baseUrl() + "/"));
        var array = status.putArray("processes");
        processes.forEach(process -> array.addObject().put("name", process.name()).put("pid", process.identity().pid())
                .put("state", state(process)).put("startedAt", process.startedAt().toString()));
        status.set("workers", workers);
        return status;
    }

    private static String text(Home home, List<ManagedProcess> processes, Optional<GatewayClient> gateway,
                               JsonNode workers) {
        if (processes.isEmpty()) {
            return "Altiplano is not running in " + home.folder() + ".";
        }
        var parts = new TextTable("PROCESS", "PID", "STATE", "SINCE");
        processes.forEach(process -> parts.row(process.name(), Long.toString(process.identity().pid()), state(process),
                process.startedAt().truncatedTo(ChronoUnit.SECONDS).toString()));
        var models = new TextTable("MODEL", "WORKER", "STATE", "DTYPE", "RUNNING", "QUEUED", "KV USE", "TOKENS/S");
        for (JsonNode worker : workers) {
            for (JsonNode model : worker.path("models")) {
                models.row(model.path("name").asText(), worker.path("id").asText(), model.path("state").asText(),
                        model.path("dtype").asText(), model.path("running").asText(), model.path("queued").asText(),
                        share(model.path("kvUsedTokens").asLong(), model.path("kvCapacityTokens").asLong()),
                        String.format(Locale.ROOT, "%.1f", model.path("tokensPerSecond").asDouble()));
            }
        }
        String newLine = System.lineSeparator();
        return parts + newLine + newLine + models + gateway.map(client -> newLine + newLine + "API      "
                + client.baseUrl() + "/v1" + newLine + "Console  " + client.baseUrl() + "/").orElse("");
    }

    private static String state(ManagedProcess process) {
        return process.isAlive() ? "running" : "ended by itself";
    }

    private static String share(long used, long capacity) {
        return capacity == 0 ? "" : 100 * used / capacity + " %";
    }
}
