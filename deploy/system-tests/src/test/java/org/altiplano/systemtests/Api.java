package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The gateway's HTTP interface as a plain client sees it. */
final class Api {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(60)).build();
    private final String baseUrl;
    private final String key;
    private final String user;
    private final String password;
    private String session = "";

    Api(String baseUrl, String key, String user, String password) {
        this.baseUrl = baseUrl;
        this.key = key;
        this.user = user;
        this.password = password;
    }

    /**
     * An answer with its status.
     *
     * @param retryAfter the header of that name; empty if there is none
     */
    record Answer(int status, JsonNode body, Optional<String> retryAfter) {

        JsonNode ok() {
            assertEquals(200, status, body::toString);
            return body;
        }
    }

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /** A chat request with one user message. */
    static ObjectNode chat(String model, String said) {
        ObjectNode request = object().put("model", model);
        request.putArray("messages").addObject().put("role", "user").put("content", said);
        return request;
    }

    Answer post(String path, JsonNode body) {
        return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body.toString())).build());
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    /** Reads a stream to its end; {@code each} hears every event's data but {@code [DONE]}. */
    List<JsonNode> stream(JsonNode body, Consumer<JsonNode> each) {
        HttpResponse<InputStream> response = exchange(request("/v1/chat/completions")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build(),
                HttpResponse.BodyHandlers.ofInputStream());
        List<JsonNode> events = new ArrayList<>();
        try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            assertEquals(200, response.statusCode(), () -> lines.lines().toList().toString());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data: {")) {
                    events.add(Platform.tree(line.substring(6)));
                    each.accept(events.get(events.size() - 1));
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return events;
    }

    /** The text of a stream's events. */
    static String text(List<JsonNode> events) {
        var text = new StringBuilder();
        events.forEach(event -> text.append(event.path("choices").path(0).path("delta").path("content").asText("")));
        return text.toString();
    }

    /** The models that the workers hold, one entry for each worker and model. */
    Stream<JsonNode> held(String model) {
        return StreamSupport.stream(administer("/admin/v1/workers").path("data").spliterator(), false)
                .flatMap(worker -> StreamSupport.stream(worker.path("models").spliterator(), false))
                .filter(held -> held.path("name").asText().equals(model));
    }

    /** How many tokens the workers have generated since they started. */
    long generated(String model) {
        return held(model).mapToLong(held -> held.path("generatedTokensTotal").asLong()).sum();
    }

    int running(String model) {
        return held(model).mapToInt(held -> held.path("running").asInt()).sum();
    }

    int queued(String model) {
        return held(model).mapToInt(held -> held.path("queued").asInt()).sum();
    }

    String key() {
        return key;
    }

    /** What an administrator reads. */
    JsonNode administer(String path) {
        return administer("GET", path, object()).ok();
    }

    /** Asks as the administrator. @param headers names and values */
    Answer administer(String method, String path, JsonNode body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(baseUrl + path)).header("Cookie", session())
                .header("X-Requested-With", "altiplano").header("Content-Type", "application/json")
                .method(method, method.equals("GET") ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.toString()));
        return send((headers.length == 0 ? request : request.headers(headers)).build());
    }

    /** The administrator's cookie, of the one session that is opened here. */
    String session() {
        if (session.isEmpty()) {
            HttpResponse<String> signedIn = exchange(HttpRequest.newBuilder(URI.create(baseUrl + "/auth/login"))
                    .header("Content-Type", "application/json").header("X-Requested-With", "altiplano")
                    .POST(HttpRequest.BodyPublishers.ofString(object().put("username", user).put("password", password)
                            .toString())).build(), HttpResponse.BodyHandlers.ofString());
            assertEquals(200, signedIn.statusCode(), signedIn::body);
            session = signedIn.headers().firstValue("Set-Cookie").orElseThrow().split(";")[0];
        }
        return session;
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(baseUrl + path)).timeout(Duration.ofSeconds(120))
                .header("Authorization", "Bearer " + key).header("Content-Type", "application/json");
    }

    private Answer send(HttpRequest request) {
        HttpResponse<String> response = exchange(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), Platform.tree(response.body()), response.headers().firstValue("Retry-After"));
    }

    private <T> HttpResponse<T> exchange(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
