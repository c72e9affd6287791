package org.altiplano.engine.store;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A model hub on a free port: large files are redirected to storage, with size and SHA-256 told in the redirect. */
final class ModelHub implements AutoCloseable {

    static final String COMMIT = "12ab34cd";

    final Map<String, byte[]> files = new ConcurrentHashMap<>();
    final Map<String, String> sha256 = new ConcurrentHashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    volatile String storage = "/storage/";
    volatile int cutAfter = Integer.MAX_VALUE;
    private final HttpServer server;

    ModelHub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/owner/model/resolve/", this::resolve);
        server.createContext("/storage/", exchange -> deliver(exchange, name(exchange)));
        server.start();
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    HubDownload download() {
        return new HubDownload(address(), "owner/model", new ArrayList<>(List.of("config.json", "generation_config.json",
                "model.safetensors")), List.of("generation_config.json"));
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private static String name(HttpExchange exchange) {
        String path = exchange.getRequestURI().getPath();
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private void resolve(HttpExchange exchange) throws IOException {
        String name = name(exchange);
        exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
        if (!files.containsKey(name)) {
            exchange.sendResponseHeaders(404, -1);
        } else if (sha256.containsKey(name)) {
            exchange.getResponseHeaders().set("X-Linked-Etag", "\"" + sha256.get(name) + "\"");
            exchange.getResponseHeaders().set("X-Linked-Size", Integer.toString(files.get(name).length));
            exchange.getResponseHeaders().set("Location", storage + name);
            exchange.sendResponseHeaders(302, -1);
        } else {
            exchange.getResponseHeaders().set("ETag", "\"0123456789012345678901234567890123456789\"");
            deliver(exchange, name);
            return;
        }
        exchange.close();
    }

    private void deliver(HttpExchange exchange, String name) throws IOException {
        byte[] bytes = files.get(name);
        String range = exchange.getRequestHeaders().getFirst("Range");
        requests.add(name + (range == null ? "" : " " + range));
        int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
        exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
        try (exchange) {
            OutputStream out = exchange.getResponseBody();
            out.write(bytes, from, Math.min(cutAfter, bytes.length) - from);
            out.flush();
        }
    }
}
