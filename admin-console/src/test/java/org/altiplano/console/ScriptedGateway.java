package org.altiplano.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.altiplano.security.access.Access;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Reach;
import org.altiplano.security.access.Role;

/**
 * Owns a gateway on a port of its own that serves the built console and answers its calls from a script, each call on a
 * thread of its own. It keeps the gateway's promises that the console leans on: session cookie, the header against request
 * forgery, content security policy, deep links, server-sent events.
 */
final class ScriptedGateway implements AutoCloseable {
    static final String USER = "admin";
    static final String PASSWORD = "a-long-password";
    /** A cursor whose page is kept back until the test lets it go on. */
    static final String HELD = "held";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> TYPES = Map.of("html", "text/html; charset=utf-8", "js", "text/javascript",
            "css", "text/css", "svg", "image/svg+xml", "woff2", "font/woff2");

    private final Path files;
    private final ScriptedSecondFactor secondFactor = new ScriptedSecondFactor();
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, List<String>> sessions = new ConcurrentHashMap<>();
    private final List<JsonNode> chats = new CopyOnWriteArrayList<>();
    private final List<String> changes = new CopyOnWriteArrayList<>();
    private final List<String> looks = new CopyOnWriteArrayList<>();
    private final Queue<Refusal> refusals = new ConcurrentLinkedQueue<>();
    private final CountDownLatch readerGone = new CountDownLatch(1);
    private final Semaphore goOn = new Semaphore(0);

    /** What the next sign-in may do. */
    volatile List<String> roles = List.of("platform-admin", "developer");
    volatile ScriptedPlatform platform = new ScriptedPlatform();
    volatile ScriptedAnswer answer = ScriptedAnswer.words(0, "Hello", " there", ".");
    /** Whether there is nothing yet but tenants. */
    volatile boolean emptyTenants;
    /** Where users sign in. */
    volatile String provider = "embedded";
    /** Whether the realm cannot be told of a sign-out. */
    volatile boolean remaining;
    /** A status that the calls of /admin answer instead of their data; 0 for none. */
    volatile int adminFault;

    ScriptedGateway(Path files) throws IOException {
        this.files = files;
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", guarded(this::file));
        server.createContext("/auth/", guarded(this::auth));
        server.createContext("/admin/v1/", guarded(this::admin));
        server.createContext("/v1/", guarded(this::api));
        server.start();
    }

    URI url() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    /** Bodies of the chat requests so far. */
    List<JsonNode> chats() {
        return chats;
    }

    /** What was asked to be changed so far: method, address, version and body. */
    List<String> changes() {
        return changes;
    }

    /** What was read of the content log so far: addresses with their queries. */
    List<String> looks() {
        return looks;
    }

    /** The next change is refused. @param param the field at fault, empty for none */
    void refuse(int status, String code, String param, String detail) {
        refusals.add(new Refusal(status, code, param, detail));
    }

    private record Refusal(int status, String code, String param, String detail) {
    }

    void endSessions() {
        sessions.clear();
    }

    /** Lets one held answer go on. */
    void goOn() {
        goOn.release();
    }

    /** Whether a reader of a streamed answer went away before its end, within some seconds. */
    boolean readerWentAway() throws InterruptedException {
        return readerGone.await(10, TimeUnit.SECONDS);
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private interface Handling {
        void handle(HttpExchange exchange) throws Exception;
    }

    private com.sun.net.httpserver.HttpHandler guarded(Handling handling) {
        return exchange -> {
            try (exchange) {
                boolean changes = !exchange.getRequestMethod().equals("GET");
                if (changes && !"altiplano".equals(exchange.getRequestHeaders().getFirst("X-Requested-With"))) {
                    error(exchange, 403, "The header X-Requested-With is missing.");
                } else handling.handle(exchange);
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            } catch (RuntimeException | IOException broken) {
                throw new IOException("The script failed at " + exchange.getRequestURI(), broken);
            } catch (Exception broken) {
                throw new IllegalStateException(broken);
            }
        };
    }

    private void file(HttpExchange exchange) throws IOException {
        Path file = files.resolve(exchange.getRequestURI().getPath().substring(1)).normalize();
        if (!file.startsWith(files) || !Files.isRegularFile(file)) file = files.resolve("index.html");
        String name = file.getFileName().toString();
        exchange.getResponseHeaders().set("Content-Type", TYPES.get(name.substring(name.lastIndexOf('.') + 1)));
        exchange.getResponseHeaders().set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; "
                + "base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'");
        send(exchange, 200, Files.readAllBytes(file));
    }

    private void auth(HttpExchange exchange) throws IOException {
        switch (exchange.getRequestURI().getPath()) {
            case "/auth/login" -> {
                JsonNode form = JSON.readTree(exchange.getRequestBody().readAllBytes());
                if (!form.path("username").asText().equals(USER) || !form.path("password").asText().equals(PASSWORD)) {
                    error(exchange, 401, "Unauthorized.");
                    return;
                }
                ScriptedSecondFactor.Answer answer = secondFactor.signIn(form.path("code").asText(), session(roles));
                if (answer.status() == 200) {
                    String token = UUID.randomUUID().toString();
                    sessions.put(token, roles);
                    exchange.getResponseHeaders().set("Set-Cookie", "altiplano_session=" + token + "; Path=/; HttpOnly; SameSite=Strict");
                }
                json(exchange, answer.status(), answer.body());
            }
            case "/auth/password" -> change(exchange);
            case "/auth/provider" -> json(exchange, 200, Map.of("provider", provider));
            case "/auth/logout" -> {
                sessions.remove(token(exchange));
                if (remaining) json(exchange, 200, Map.of("remaining", "keycloak"));
                else exchange.sendResponseHeaders(204, -1);
            }
            default -> {
                List<String> granted = sessions.get(token(exchange));
                if (granted == null) error(exchange, 401, "Unauthorized.");
                else if (exchange.getRequestURI().getPath().startsWith("/auth/second-factor")) {
                    ScriptedSecondFactor.Answer answer = secondFactor.call(exchange.getRequestMethod(), exchange.getRequestURI().getPath(),
                            JSON.readTree(exchange.getRequestBody().readAllBytes()));
                    json(exchange, answer.status(), answer.body());
                } else json(exchange, 200, session(granted));
            }
        }
    }

    /** As the gateway's: what the roles allow stands in the one table of security. */
    private static Map<String, Object> session(List<String> granted) {
        List<Role> known = granted.stream().map(word -> Role.of(word).orElseThrow()).toList();
        return Map.of("username", USER, "tenant", "acme", "roles", granted, "operations", Arrays.stream(Operation.values())
                .filter(operation -> Access.reach(known, operation) != Reach.NONE).map(Operation::word).toList());
    }

    private void admin(HttpExchange exchange) throws IOException, InterruptedException {
        if (!sessions.containsKey(token(exchange))) error(exchange, 401, "Unauthorized.");
        else if (adminFault != 0) error(exchange, adminFault, "The database does not answer.");
        else if (!exchange.getRequestMethod().equals("GET")) change(exchange);
        else {
            String path = exchange.getRequestURI().getPath().substring("/admin/v1/".length());
            Map<String, String> query = query(exchange);
            if (path.startsWith("content-log") && !path.endsWith("setting")) looks.add(exchange.getRequestURI().toString().substring("/admin/v1/".length()));
            if (HELD.equals(query.get("cursor"))) goOn.acquire();
            if (path.equals("workers")) json(exchange, 200, platform.workers());
            else if (path.equals("models")) json(exchange, 200, platform.models());
            else if (path.equals("model-jobs")) json(exchange, 200, platform.jobs());
            else if (emptyTenants && !path.equals("tenants")) json(exchange, 200, Map.of("data", List.of()));
            else if (path.equals("usage.csv")) send(exchange, 200, "day,model,generations\r\n".getBytes(StandardCharsets.UTF_8));
            else if (path.equals("audit/export")) send(exchange, 200, "{\"sequence\":1}\n".getBytes(StandardCharsets.UTF_8));
            else json(exchange, 200, ScriptedTenants.answer(path, query).orElse(Map.of()));
        }
    }

    /** A change is kept to be looked at; it succeeds unless something else is scripted. */
    private void change(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath().replaceFirst("^/admin/v1/", "");
        byte[] body = exchange.getRequestBody().readAllBytes();
        String version = exchange.getRequestHeaders().getFirst("If-Match");
        changes.add(exchange.getRequestMethod() + " " + path + (version == null ? "" : " " + version)
                + (body.length == 0 ? "" : " " + new String(body, StandardCharsets.UTF_8)));
        Refusal refused = refusals.poll();
        if (refused != null) {
            exchange.getResponseHeaders().set("Content-Type", "application/problem+json");
            send(exchange, refused.status(), JSON.writeValueAsBytes(Map.of("title", "Refused", "status", refused.status(), "detail", refused.detail(),
                    "code", refused.code(), "param", refused.param())));
        } else if (path.equals("models")) {
            JsonNode order = JSON.readTree(body);
            platform.add(order.path("name").asText(), order.path("worker").asText());
            json(exchange, 202, Map.of());
        } else if (path.startsWith("model-jobs/")) {
            platform.end(path.split("/")[1], "cancelled", "");
            json(exchange, 202, Map.of());
        } else if (path.startsWith("models/") && exchange.getRequestMethod().equals("DELETE")) {
            platform.remove(path.split("/")[1]);
            json(exchange, 200, Map.of());
        } else if (path.startsWith("models/")) {
            String[] parts = path.split("/");
            platform.place(parts[1], parts[2].equals("serve"));
            json(exchange, 202, Map.of());
        } else if (path.startsWith("workers/")) {
            String[] parts = path.split("/");
            platform.drain(parts[1], parts[2].equals("drain"));
            json(exchange, 202, Map.of());
        } else if (path.startsWith("api-keys") && exchange.getRequestMethod().equals("POST")) {
            json(exchange, 201, ScriptedTenants.key("k7Qm2TzP", "search service", Map.of("key", ScriptedTenants.KEY)));
        } else json(exchange, 200, path.equals("content-log") ? Map.of("erased", 3) : Map.of());
    }

    private static Map<String, String> query(HttpExchange exchange) {
        String raw = exchange.getRequestURI().getRawQuery();
        return raw == null ? Map.of() : Arrays.stream(raw.split("&")).map(pair -> pair.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
    }

    private void api(HttpExchange exchange) throws Exception {
        if (!sessions.containsKey(token(exchange))) error(exchange, 401, "Unauthorized.");
        else if (exchange.getRequestURI().getPath().equals("/v1/models")) json(exchange, 200, platform.served());
        else if (exchange.getRequestURI().getPath().equals("/v1/usage")) json(exchange, 200, ScriptedTenants.own(query(exchange).get("group")));
        else {
            chats.add(JSON.readTree(exchange.getRequestBody().readAllBytes()));
            if (answer.status() != 200) error(exchange, answer.status(), answer.message());
            else stream(exchange, answer);
        }
    }

    private void stream(HttpExchange exchange, ScriptedAnswer scripted) throws InterruptedException, IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            for (int i = 0; i < scripted.parts().size(); i++) {
                if (i == scripted.heldAt()) goOn.acquire();
                String part = scripted.parts().get(i);
                out.write(part.getBytes(StandardCharsets.UTF_8));
                out.flush();
                Thread.sleep(scripted.pauseMillis());
            }
        } catch (IOException gone) {
            readerGone.countDown();
        }
    }

    private static String token(HttpExchange exchange) {
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        return cookie == null ? "" : cookie.replaceFirst("^.*altiplano_session=([^;]*).*$", "$1");
    }

    private static void error(HttpExchange exchange, int status, String message) throws IOException {
        json(exchange, status, Map.of("error", Map.of("message", message, "type", "error", "code", "scripted")));
    }

    private static void json(HttpExchange exchange, int status, Object body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        send(exchange, status, JSON.writeValueAsBytes(body));
    }

    private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

}
