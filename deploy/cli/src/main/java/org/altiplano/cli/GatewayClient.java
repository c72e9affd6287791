package org.altiplano.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Owns the conversation with a running gateway, on the command's thread: signs in on the first administrative call and
 * keeps the session. Every refusal becomes a {@link CommandFailure} with the gateway's own sentence.
 */
final class GatewayClient {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final HttpClient http = HttpClient.newBuilder().connectTimeout(PATIENCE)
            .version(HttpClient.Version.HTTP_1_1).build();
    private final String baseUrl;
    private final Credentials credentials;
    private final Supplier<Optional<String>> code;
    private Optional<String> session = Optional.empty();

    /** @param code of the second factor, asked for where the administrator has one; empty if nobody says it */
    GatewayClient(String baseUrl, Credentials credentials, Supplier<Optional<String>> code) {
        this.baseUrl = baseUrl;
        this.credentials = credentials;
        this.code = code;
    }

    /** Of the platform that runs in this home. */
    static GatewayClient of(Home home, Supplier<Optional<String>> code) {
        if (new ProcessTable(home).alive(ManagedProcess.GATEWAY).isEmpty()) {
            throw new CommandFailure("Altiplano is not running in " + home.folder() + ": start it with altiplano up.");
        }
        String baseUrl = Ports.read(home).map(Ports::baseUrl).orElseThrow(() ->
                new CommandFailure("The gateway's address is unknown: " + home.run() + "/ports.json is missing."));
        return new GatewayClient(baseUrl, Credentials.read(home), code);
    }

    String baseUrl() {
        return baseUrl;
    }

    /** Whether requests are taken. */
    boolean isReady() {
        try {
            HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/health/ready"))
                    .timeout(Duration.ofSeconds(5)).build();
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted.");
        }
    }

    JsonNode workers() {
        return administer("GET", "/admin/v1/workers", Optional.empty()).path("data");
    }

    JsonNode models() {
        return administer("GET", "/admin/v1/models", Optional.empty()).path("data");
    }

    void serve(String model) {
        administer("POST", "/admin/v1/models/" + encoded(model) + "/serve", Optional.empty());
    }

    void unserve(String model) {
        administer("POST", "/admin/v1/models/" + encoded(model) + "/unserve", Optional.empty());
    }

    /** All keys, however many pages they are. */
    JsonNode keys() {
        ArrayNode all = Json.array();
        String cursor = "";
        do {
            JsonNode page = administer("GET", "/admin/v1/api-keys?limit=500" + (cursor.isEmpty() ? "" : "&cursor=" + encoded(cursor)), Optional.empty());
            page.path("data").forEach(all::add);
            cursor = page.path("nextCursor").asText("");
        } while (!cursor.isEmpty());
        return all;
    }

    JsonNode createKey(String name, String tenant) {
        return administer("POST", "/admin/v1/api-keys",
                Optional.of(Json.object().put("name", name).put("tenant", tenant)));
    }

    void revokeKey(String id) {
        administer("DELETE", "/admin/v1/api-keys/" + encoded(id), Optional.empty());
    }

    /** Has the gateway write its database into a file on its host, which takes the longer the more there is. */
    JsonNode backUp() {
        return administer("POST", "/admin/v1/backups", Optional.empty(), Duration.ofHours(6));
    }

    /** The audit log's chains: one per tenant with events, and one of the platform as a whole. */
    List<String> auditChains() {
        List<String> chains = new ArrayList<>();
        administer("GET", "/admin/v1/audit/chains", Optional.empty()).path("data").forEach(chain -> chains.add(chain.path("tenant").asText()));
        return chains;
    }

    /** All events of a chain, one JSON object a line. The caller closes it. */
    AuditExport auditEvents(String chain) {
        return new AuditExport(administer("/admin/v1/audit/export?tenant=" + encoded(chain)));
    }

    /** Starts a streamed chat completion; the body is server-sent events. The caller closes it. */
    InputStream stream(JsonNode completion) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(baseUrl + "/v1/chat/completions"))
                .header("Authorization", "Bearer " + credentials.apiKey()).header("Content-Type", "application/json")
                .header("Accept", "text/event-stream").POST(BodyPublishers.ofString(completion.toString())).build();
        return body(request);
    }

    private InputStream body(HttpRequest request) {
        HttpResponse<InputStream> response = send(request, BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
            try (InputStream body = response.body()) {
                throw refusal(response.statusCode(), new String(body.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException failure) {
                throw new CommandFailure("The gateway broke off: " + failure.getMessage(), failure);
            }
        }
        return response.body();
    }

    /** Reads what may be long, as it comes. */
    private InputStream administer(String path) {
        if (session.isEmpty()) {
            session = Optional.of(signIn());
        }
        return body(json(path, Optional.empty()).setHeader("Accept", "*/*").header("Cookie", session.get()).GET().build());
    }

    private JsonNode administer(String method, String path, Optional<JsonNode> body) {
        return administer(method, path, body, PATIENCE);
    }

    private JsonNode administer(String method, String path, Optional<JsonNode> body, Duration patience) {
        if (session.isEmpty()) {
            session = Optional.of(signIn());
        }
        HttpResponse<String> response = send(json(path, body).timeout(patience).header("Cookie", session.get())
                .method(method, publisher(body)).build(), BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw refusal(response.statusCode(), response.body());
        }
        return tree(response.body());
    }

    private String signIn() {
        ObjectNode body = Json.object().put("username", credentials.adminUser()).put("password", credentials.adminPassword());
        HttpResponse<String> response = signIn(body);
        if (response.statusCode() == 401 && tree(response.body()).path("error").path("code").asText().equals("second_factor_required")) {
            body.put("code", code.get().map(String::strip).filter(text -> !text.isEmpty()).orElseThrow(() -> new CommandFailure("The user "
                    + credentials.adminUser() + " of the credentials file signs in with a second factor: give its code by --code CODE.")));
            response = signIn(body);
            if (response.statusCode() == 401) {
                throw new CommandFailure("The gateway refuses this code of the second factor: it is wrong, too old, or was used already.");
            }
        }
        if (response.statusCode() == 401) {
            throw new CommandFailure("The gateway refuses user " + credentials.adminUser()
                    + " of the credentials file: its database was made with other credentials.");
        }
        if (response.statusCode() != 200) {
            throw refusal(response.statusCode(), response.body());
        }
        return response.headers().firstValue("Set-Cookie").map(cookie -> cookie.split(";", 2)[0])
                .orElseThrow(() -> new CommandFailure("The gateway gave no session at sign-in."));
    }

    private HttpResponse<String> signIn(JsonNode body) {
        return send(json("/auth/login", Optional.of(body)).POST(publisher(Optional.of(body))).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder json(String path, Optional<JsonNode> body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(PATIENCE)
                .header("Accept", "application/json").header("X-Requested-With", "altiplano");
        return body.isPresent() ? request.header("Content-Type", "application/json") : request;
    }

    private static HttpRequest.BodyPublisher publisher(Optional<JsonNode> body) {
        return body.map(JsonNode::toString).map(BodyPublishers::ofString).orElse(BodyPublishers.noBody());
    }

    private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException failure) {
            throw new CommandFailure("The gateway at " + baseUrl + " does not answer ("
                    + Optional.ofNullable(failure.getMessage()).orElse(failure.getClass().getSimpleName())
                    + "): see altiplano logs gateway.", failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Interrupted.");
        }
    }

    private static CommandFailure refusal(int status, String body) {
        String sentence = tree(body).path("error").path("message").asText();
        return new CommandFailure(sentence.isEmpty() ? "The gateway answered with HTTP status " + status + "."
                : sentence);
    }

    private static JsonNode tree(String body) {
        try {
            return Json.parse(body);
        } catch (IOException noJson) {
            return Json.object();
        }
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
