package org.altiplano.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Opens so many streaming chats at once against a running platform and reports what each one saw. Every stream asks for
 * exactly the same number of tokens ({@code ignore_eos}), so that a starved stream shows as a slow one.
 */
public final class HttpStreams {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** What one stream saw: times in milliseconds from its request. */
    private record Stream(double firstToken, double end, int tokens, String failure) {

        static Stream failed(String why) {
            return new Stream(0, 0, 0, why);
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException, ExecutionException {
        if (args.length != 4) {
            System.err.println("usage: http-streams HOME MODEL STREAMS TOKENS   (HOME of a running platform)");
            System.exit(2);
        }
        Path home = Path.of(args[0]);
        String model = args[1];
        int streams = Integer.parseInt(args[2]);
        int tokens = Integer.parseInt(args[3]);
        String key = JSON.readTree(home.resolve("credentials.json").toFile()).path("apiKey").asText();
        int port = JSON.readTree(home.resolve("run/ports.json").toFile()).path("http").asInt();
        URI chat = URI.create("http://127.0.0.1:" + port + "/v1/chat/completions");

        HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        stream(client, chat, key, model, 0, 8).get();
        long start = System.nanoTime();
        List<CompletableFuture<Stream>> running = new ArrayList<>();
        for (int i = 0; i < streams; i++) {
            running.add(stream(client, chat, key, model, i, tokens));
        }
        List<Stream> seen = new ArrayList<>();
        for (CompletableFuture<Stream> stream : running) {
            seen.add(stream.get());
        }
        double wall = millisSince(start);
        System.out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report(seen, wall, model, tokens)));
        System.exit(seen.stream().allMatch(stream -> stream.failure.isEmpty()) ? 0 : 1);
    }

    private static CompletableFuture<Stream> stream(HttpClient client, URI chat, String key, String model, int index, int tokens) {
        ObjectNode body = JSON.createObjectNode().put("model", model).put("stream", true).put("max_tokens", tokens)
                .put("ignore_eos", true).put("seed", index);
        body.putObject("stream_options").put("include_usage", true);
        body.putArray("messages").addObject().put("role", "user").put("content", "Tell me story number " + index + ".");
        HttpRequest request = HttpRequest.newBuilder(chat).timeout(Duration.ofMinutes(10))
                .header("Authorization", "Bearer " + key).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())).build();
        long start = System.nanoTime();
        return client.sendAsync(request, HttpResponse.BodyHandlers.ofLines()).thenApplyAsync(response -> {
            if (response.statusCode() != 200) {
                return Stream.failed("status " + response.statusCode() + ": " + String.join("", response.body().toList()));
            }
            double[] first = {0};
            int[] completionTokens = {0};
            String[] failure = {"the stream ended without [DONE]"};
            response.body().filter(line -> line.startsWith("data: ")).map(line -> line.substring(6)).forEach(data -> {
                if (data.equals("[DONE]")) {
                    failure[0] = "";
                    return;
                }
                JsonNode chunk = parse(data);
                if (chunk.has("error")) {
                    failure[0] = chunk.path("error").path("message").asText();
                } else if (first[0] == 0 && !chunk.at("/choices/0/delta/content").asText().isEmpty()) {
                    first[0] = millisSince(start);
                }
                completionTokens[0] = chunk.at("/usage/completion_tokens").asInt(completionTokens[0]);
            });
            String why = failure[0].isEmpty() && completionTokens[0] != tokens
                    ? "got " + completionTokens[0] + " tokens of " + tokens : failure[0];
            return new Stream(first[0], millisSince(start), completionTokens[0], why);
        }, task -> new Thread(task, "stream-" + index).start()).exceptionally(error -> Stream.failed(error.toString()));
    }

    private static ObjectNode report(List<Stream> seen, double wallMillis, String model, int tokens) {
        List<Stream> whole = seen.stream().filter(stream -> stream.failure.isEmpty()).toList();
        ObjectNode report = JSON.createObjectNode().put("model", model).put("streams", seen.size())
                .put("tokensPerStream", tokens).put("failed", seen.size() - whole.size());
        report.put("tokensPerSecond", round(whole.stream().mapToInt(Stream::tokens).sum() * 1000 / wallMillis));
        report.set("ttftMillis", spread(whole.stream().mapToDouble(Stream::firstToken).toArray()));
        report.set("tpotMillis", spread(whole.stream()
                .mapToDouble(stream -> (stream.end - stream.firstToken) / Math.max(1, stream.tokens - 1)).toArray()));
        report.set("endMillis", spread(whole.stream().mapToDouble(Stream::end).toArray()));
        seen.stream().map(Stream::failure).filter(why -> !why.isEmpty()).distinct().forEach(report.withArray("failures")::add);
        return report;
    }

    private static ObjectNode spread(double[] values) {
        Arrays.sort(values);
        ObjectNode spread = JSON.createObjectNode();
        if (values.length > 0) {
            spread.put("min", round(values[0])).put("p50", round(values[values.length / 2]))
                    .put("p95", round(values[(int) (values.length * 0.95)])).put("max", round(values[values.length - 1]));
        }
        return spread;
    }

    private static JsonNode parse(String data) {
        try {
            return JSON.readTree(data);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static double millisSince(long start) {
        return (System.nanoTime() - start) / 1e6;
    }

    private static double round(double value) {
        return Math.round(value * 10) / 10.0;
    }

    private HttpStreams() {
    }
}
