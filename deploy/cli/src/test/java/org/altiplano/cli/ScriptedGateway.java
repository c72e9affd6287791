package org.altiplano.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A gateway at an own port that answers as scripted and records what was asked. */
final class ScriptedGateway implements AutoCloseable {

    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final HttpServer server;

    ScriptedGateway() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    /** @param request such as {@code GET /admin/v1/models} */
    ScriptedGateway on(String request, int status, String body) {
        answers.put(request, status + " " + body);
        return this;
    }

    int port() {
        return server.getAddress().getPort();
    }

    String url() {
        return "http://127.0.0.1:" + port();
    }

    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private synchronized void answer(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String cookie = exchange.getRequestHeaders().getFirst("Cookie");
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(request + (cookie == null ? "" : " " + cookie) + (body.isEmpty() ? "" : " " + body));
        String answer = answers.getOrDefault(body.contains("\"code\"") ? request + " with a code" : request, "404 {\"error\":{\"message\":\"No such resource.\"}}");
        if (request.equals("POST /auth/login")) {
            exchange.getResponseHeaders().add("Set-Cookie", "altiplano_session=s1; HttpOnly; SameSite=Strict; Path=/");
        }
        byte[] bytes = answer.substring(4).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(Integer.parseInt(answer.substring(0, 3)), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
