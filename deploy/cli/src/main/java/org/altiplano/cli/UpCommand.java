package org.altiplano.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.altiplano.security.identity.IdentityProvider;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano up}. */
@Command(name = "up", description = "Starts the workers and the gateway, gets the model first if it is missing.")
final class UpCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @Option(names = "--model", paramLabel = "NAME",
            description = "Serve this model too; may be repeated (default: what was served before, or "
                    + PlatformStart.DEFAULT_MODEL + ").")
    private List<String> models = List.of();

    @Option(names = "--workers", paramLabel = "N", description = "How many workers share this machine (default: 1).")
    private Optional<Integer> workers = Optional.empty();

    @Option(names = "--http-port", paramLabel = "P",
            description = "Where the gateway listens (default: 8080; 0: any free port).")
    private Optional<Integer> httpPort = Optional.empty();

    @Option(names = "--identity", paramLabel = "PROVIDER",
            description = "Where users are kept: embedded (in the platform's own database) or keycloak (in a Keycloak that is started"
                    + " beside it, to try that; default: as before, else embedded).")
    private Optional<String> identity = Optional.empty();

    @Option(names = "--foreground", description = "Stay until Ctrl-C, then end what was started.")
    private boolean foreground;

    @Mixin
    private JsonOption json;

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec;

    @Override
    public void run() {
        within("--workers", workers, 1, 64);
        within("--http-port", httpPort, 0, 65535);
        Home home = altiplano.home();
        Terminal terminal = altiplano.terminal();
        Distribution distribution = Distribution.ofProcess();
        home.create();
        var wish = new PlatformStart.Wish(models, optional(workers), optional(httpPort), identity.map(this::provider));
        PlatformStart.Outcome outcome = home.whileLocked(terminal,
                () -> new PlatformStart(home, distribution, terminal, altiplano.code()).start(wish));
        terminal.print(json.isAsked() ? Json.pretty(asJson(home, outcome)) : summary(home, outcome));
        if (foreground) {
            new Foreground(home, terminal).stay(outcome.processes());
        }
    }

    private void within(String option, Optional<Integer> value, int low, int high) {
        if (value.isPresent() && (value.get() < low || value.get() > high)) {
            throw new CommandLine.ParameterException(spec.commandLine(),
                    option + " must be from " + low + " to " + high + ", not " + value.get() + ".");
        }
    }

    private IdentityProvider provider(String word) {
        return Arrays.stream(IdentityProvider.values()).filter(known -> known.word().equals(word)).findFirst().orElseThrow(() ->
                new CommandLine.ParameterException(spec.commandLine(), "--identity must be embedded or keycloak, not " + word + "."));
    }

    private static OptionalInt optional(Optional<Integer> value) {
        return value.map(OptionalInt::of).orElseGet(OptionalInt::empty);
    }

    private String summary(Home home, PlatformStart.Outcome outcome) {
        String url = outcome.ports().baseUrl();
        Credentials credentials = outcome.credentials();
        String model = models.isEmpty() ? outcome.models().get(0) : models.get(0);
        String key = outcome.first() ? credentials.apiKey()
                : "$(sed -n 's/.*\"apiKey\" *: *\"\\([^\"]*\\)\".*/\\1/p' '" + home.credentials() + "')";
        return String.join(System.lineSeparator(), "",
                outcome.started().isEmpty() ? "Altiplano is already running." : "Altiplano is up.",
                "",
                "  API        " + url + "/v1",
                "  Console    " + url + "/",
                outcome.first() ? "  API key    " + credentials.apiKey() : "  API key    in " + home.credentials(),
                (outcome.first() ? "  Sign in    " + credentials.adminUser() + " / " + credentials.adminPassword()
                        : "  Sign in    " + credentials.adminUser() + ", password in " + home.credentials()) + keycloak(outcome),
                outcome.first() ? "  These are shown once; " + home.credentials() + " keeps them for you alone." : "",
                "Try it:",
                "",
                "curl -N " + url + "/v1/chat/completions -H \"Authorization: Bearer " + key + "\" \\",
                "  -H 'Content-Type: application/json' \\",
                "  -d '{\"model\": \"" + model + "\", \"stream\": true, \"temperature\": 0.2,"
                        + " \"messages\": [{\"role\": \"user\", \"content\": \"What is the capital of France? Answer in one sentence.\"}]}'",
                "");
    }

    private static String keycloak(PlatformStart.Outcome outcome) {
        return outcome.ports().keycloak().map(port -> ", at Keycloak" + System.lineSeparator() + "  Keycloak   " + LocalKeycloak.address(port)
                + "/admin/ (its administrator has this name and password too)").orElse("");
    }

    private static ObjectNode asJson(Home home, PlatformStart.Outcome outcome) {
        String url = outcome.ports().baseUrl();
        ObjectNode result = Json.object().put("apiBaseUrl", url + "/v1").put("consoleUrl", url + "/")
                .put("home", home.folder().toString()).put("credentialsFile", home.credentials().toString())
                .put("alreadyRunning", outcome.started().isEmpty());
        outcome.ports().keycloak().ifPresent(port -> result.put("keycloakRealm", LocalKeycloak.realm(port)));
        if (outcome.first()) {
            result.put("apiKey", outcome.credentials().apiKey()).put("adminUser", outcome.credentials().adminUser())
                    .put("adminPassword", outcome.credentials().adminPassword());
        }
        var processes = result.putArray("processes");
        outcome.models().forEach(result.putArray("models")::add);
        outcome.processes().forEach(process -> processes.addObject().put("name", process.name())
                .put("pid", process.identity().pid()).put("started", outcome.started().contains(process.name())));
        return result;
    }
}
