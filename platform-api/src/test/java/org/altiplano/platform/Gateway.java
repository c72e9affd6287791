package org.altiplano.platform;

import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.ScriptedModelStorage;
import org.altiplano.grid.GridSettings;
import org.altiplano.grid.WorkerNode;
import org.altiplano.grid.WorkerSettings;
import org.jboss.shrinkwrap.api.ShrinkWrap;
import org.jboss.shrinkwrap.api.importer.ZipImporter;
import org.jboss.shrinkwrap.api.spec.WebArchive;

/** The gateway under test as its clients see it, and a worker of this process that it finds in its cluster. */
final class Gateway implements AutoCloseable {

    static final int PORT = Integer.getInteger("altiplano.http.port");
    static final URI BASE = URI.create("http://127.0.0.1:" + PORT);

    private static final JsonObject CREDENTIALS = read(Path.of(System.getProperty("altiplano.home"), "credentials.json"));
    static final String KEY = CREDENTIALS.getString("apiKey");
    static final String PASSWORD = CREDENTIALS.getString("adminPassword");

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    final ScriptedModelStorage storage = new ScriptedModelStorage();
    final ScriptedModels models = new ScriptedModels(storage);
    private final WorkerNode worker;

    Gateway(String workerId) {
        String clusterPort = System.getProperty("altiplano.cluster.port");
        worker = WorkerNode.start(new WorkerSettings(workerId, 0, new GridSettings("platform-test-" + clusterPort,
                new InetSocketAddress("127.0.0.1", 0), List.of("127.0.0.1:" + clusterPort))), models, storage, Instant.now());
        Eventually.holds("the models are served", () -> send(get("/v1/models")).body().contains("\"slow\""));
    }

    /** A file of the secrets of the gateway under test. */
    static Path secret(String name) {
        return Path.of(System.getProperty("altiplano.home"), "secrets", name);
    }

    /** The real application, under another name, with what a test adds to it. */
    static WebArchive war(String name) {
        return ShrinkWrap.create(ZipImporter.class, name).importFrom(new File(System.getProperty("war"))).as(WebArchive.class);
    }

    static HttpRequest.Builder plain(String path) {
        return HttpRequest.newBuilder(BASE.resolve(path)).timeout(Duration.ofSeconds(30));
    }

    static HttpRequest.Builder get(String path) {
        return plain(path).header("Authorization", "Bearer " + KEY);
    }

    static HttpRequest.Builder post(String path, String json) {
        return get(path).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(json));
    }

    static HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static CompletableFuture<HttpResponse<String>> sendLater(HttpRequest.Builder request) {
        return HTTP.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    static JsonObject json(String text) {
        try (JsonReader reader = Json.createReader(new StringReader(text))) {
            return reader.readObject();
        }
    }

    /** Sends a request on a connection of its own and leaves it open, unread. */
    static Socket open(String path, String json, int receiveBuffer) throws IOException {
        Socket socket = new Socket();
        if (receiveBuffer > 0) {
            socket.setReceiveBufferSize(receiveBuffer);
        }
        socket.connect(new InetSocketAddress("127.0.0.1", PORT));
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + KEY
                + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().write(body);
        socket.getOutputStream().flush();
        return socket;
    }

    /** What comes back for a request as it stands, until the server closes the connection. */
    static String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", PORT)) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The system prompts that the worker was last told to keep computed. */
    List<String> pinned(String model) {
        return models.pinned(model);
    }

    @Override
    public void close() {
        worker.close();
        models.close();
    }

    private static JsonObject read(Path file) {
        try {
            return json(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
