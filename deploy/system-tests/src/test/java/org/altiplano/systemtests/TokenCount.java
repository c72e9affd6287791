package org.altiplano.systemtests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Owns one stream that counts the tokens that arrive, and when; read on a thread of its own. */
final class TokenCount {

    private record Arrival(long nanos, long tokens) {
    }

    private final List<Arrival> arrivals = new ArrayList<>();
    private final CompletableFuture<List<JsonNode>> over;

    private TokenCount(Api api, ObjectNode request) {
        // Every token is told with its log probability, so that a client can count what it got.
        request.put("stream", true).put("logprobs", true);
        over = CompletableFuture.supplyAsync(() -> api.stream(request, this::hear), task -> new Thread(task).start());
    }

    static TokenCount of(Api api, ObjectNode request) {
        return new TokenCount(api, request);
    }

    private synchronized void hear(JsonNode event) {
        arrivals.add(new Arrival(System.nanoTime(), arrived() + event.path("choices").path(0).path("logprobs").path("content").size()));
    }

    /** Tokens until now. */
    synchronized long arrived() {
        return arrivals.isEmpty() ? 0 : arrivals.get(arrivals.size() - 1).tokens();
    }

    /** Tokens that had arrived so long before now. */
    synchronized long arrivedBefore(Duration ago) {
        long then = System.nanoTime() - ago.toNanos();
        return arrivals.stream().filter(arrival -> arrival.nanos() <= then).mapToLong(Arrival::tokens).max().orElse(0);
    }

    /** Completes with the stream's events, or fails with the connection. */
    CompletableFuture<List<JsonNode>> over() {
        return over;
    }
}
