package org.altiplano.console;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Owns the platform that the scripted gateway tells of: two workers under a changing load, SmolLM2 served, one model in
 * the store, one that failed, and the Llama 2 family in the catalogue. Safe for the threads of several calls.
 */
final class ScriptedPlatform {
    private static final String LICENCE = "Llama 2 Community License Agreement (Meta); not redistributed here.";

    private final Set<String> placed = new TreeSet<>(Set.of("smollm2-135m-instruct", "damaged-7b"));
    private final Set<String> drained = new TreeSet<>();
    private final Set<String> removed = new TreeSet<>();
    private final Map<String, Map<String, Object>> jobs = new LinkedHashMap<>();
    private boolean workersJoined = true;
    private int tick;

    /** A platform that nothing has joined. */
    static ScriptedPlatform withoutWorkers() {
        ScriptedPlatform platform = new ScriptedPlatform();
        platform.workersJoined = false;
        platform.placed.clear();
        return platform;
    }

    synchronized void place(String model, boolean serve) {
        if (serve) placed.add(model);
        else placed.remove(model);
    }

    /** A model begins its way into the store of a worker; the one before it must have ended. */
    synchronized void add(String model, String worker) {
        String id = model + "." + jobs.size();
        boolean first = jobs.values().stream().noneMatch(job -> job.get("state").equals("running"));
        jobs.put(id, job(id, model, worker, first ? "running" : "waiting", first ? "Converting the weights" : "", ""));
    }

    /** The job comes to an end. @param detail of a failure */
    synchronized void end(String id, String state, String detail) {
        jobs.computeIfPresent(id, (key, job) -> job(id, (String) job.get("model"), (String) job.get("worker"), state, "", detail));
    }

    synchronized void remove(String model) {
        removed.add(model);
    }

    synchronized Map<String, Object> jobs() {
        return Map.of("data", List.copyOf(jobs.values()));
    }

    private static Map<String, Object> job(String id, String model, String worker, String state, String phase, String detail) {
        return Map.of("id", id, "model", model, "worker", worker, "state", state, "phase", phase, "doneBytes", phase.isEmpty() ? 0 : 4_300_000_000L,
                "totalBytes", phase.isEmpty() ? 0 : 13_476_835_328L, "detail", detail, "startedAt", Instant.now().toString());
    }

    /** The worker gets nothing new, and has nothing left. */
    synchronized void drain(String worker, boolean wanted) {
        if (wanted) drained.add(worker);
        else drained.remove(worker);
    }

    synchronized Map<String, Object> served() {
        List<Map<String, Object>> models = new ArrayList<>();
        if (workersJoined) {
            for (String name : placed) {
                if (!name.equals("damaged-7b")) models.add(Map.of("id", name, "object", "model", "created", 1, "owned_by", "altiplano"));
            }
        }
        return Map.of("object", "list", "data", models);
    }

    synchronized Map<String, Object> workers() {
        if (!workersJoined) return Map.of("data", List.of());
        tick++;
        Map<String, Object> second = worker("worker-2", 93_000, "avx2", List.of(model("smollm2-135m-instruct", 0)));
        second.put("state", "draining");
        List<Object> models = new ArrayList<>();
        for (String name : placed) models.add(name.equals("damaged-7b") ? failed(name) : model(name, tick));
        return Map.of("data", List.of(worker("worker-1", 11_520_000, "avx512-vnni-bf16", models), second));
    }

    private Map<String, Object> worker(String id, long upMillis, String profile, List<?> models) {
        Map<String, Object> worker = new LinkedHashMap<>();
        worker.put("id", id);
        worker.put("state", drained.contains(id) ? "drained" : "up");
        worker.put("drainWanted", drained.contains(id));
        worker.put("computeProfile", profile);
        worker.put("startedAt", Instant.now().minusMillis(upMillis).toString());
        worker.put("models", models);
        worker.put("stored", List.of("smollm2-135m-instruct", "stories-15m"));
        return worker;
    }

    private static Map<String, Object> model(String name, int tick) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("name", name);
        model.put("state", "serving");
        model.put("dtype", "q8");
        model.put("chatTemplate", "chatml");
        model.put("maxModelLen", 8192);
        model.put("queued", tick == 0 ? 0 : 3 + tick % 4);
        model.put("running", tick == 0 ? 0 : 8);
        model.put("kvUsedTokens", tick == 0 ? 0 : 21_400 + 512 * (tick % 5));
        model.put("kvCapacityTokens", 65_536);
        model.put("promptTokensTotal", 48_211 + 97L * tick);
        model.put("generatedTokensTotal", tick == 0 ? 0 : 182_734 + 410L * tick);
        model.put("preemptionsTotal", tick == 0 ? 0 : 2);
        model.put("tokensPerSecond", tick == 0 ? 0.0 : 196.4 + 22 * Math.sin(tick / 3.0));
        return model;
    }

    private static Map<String, Object> failed(String name) {
        return Map.of("name", name, "state", "failed", "detail", "model.safetensors is cut off: 1,024 of 13,476,835,328 bytes", "maxModelLen", 0);
    }

    synchronized Map<String, Object> models() {
        List<Map<String, Object>> models = new ArrayList<>();
        models.add(entry("smollm2-135m-instruct", 134_515_008L, 8192, shape(30, 576, 9, 3, 64, 1536, 49_152, true), "Apache License 2.0.", true));
        models.add(entry("stories-15m", 15_191_712L, 256, shape(6, 288, 6, 6, 48, 768, 32_000, true), "MIT", false));
        models.add(entry("damaged-7b", 6_738_415_616L, 4096, llama(32, 4096, 32, 32, 11_008), LICENCE, false));
        for (String kind : List.of("", "-chat")) {
            models.add(entry("llama-2-7b" + kind, 6_738_415_616L, 4096, llama(32, 4096, 32, 32, 11_008), LICENCE, false));
            models.add(entry("llama-2-13b" + kind, 13_015_864_320L, 4096, llama(40, 5120, 40, 40, 13_824), LICENCE, false));
            models.add(entry("llama-2-34b" + kind, 33_744_470_016L, 4096, llama(48, 8192, 64, 8, 22_016), LICENCE, false));
            models.add(entry("llama-2-70b" + kind, 68_976_648_192L, 4096, llama(80, 8192, 64, 8, 28_672), LICENCE, false));
        }
        return Map.of("data", models);
    }

    private Map<String, Object> entry(String name, long parameters, int context, Map<String, Object> shape, String licence, boolean pullable) {
        boolean isPlaced = placed.contains(name);
        boolean inStore = Set.of("smollm2-135m-instruct", "stories-15m", "damaged-7b").contains(name) && !removed.contains(name);
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("name", name);
        entry.put("state", !inStore ? "known" : !isPlaced ? "stored" : name.equals("damaged-7b") ? "failed" : "serving");
        if (name.equals("damaged-7b") && isPlaced) entry.put("detail", "model.safetensors is cut off: 1,024 of 13,476,835,328 bytes");
        entry.put("parameters", parameters);
        entry.put("contextLength", context);
        entry.put("shape", shape);
        if (inStore) {
            entry.put("dtype", "q8");
            entry.put("chatTemplate", name.startsWith("smol") ? "chatml" : "none");
        }
        entry.put("licence", licence);
        entry.put("weights", pullable ? "altiplano models pull " + name : "Import your own: altiplano models import PATH --name NAME.");
        entry.put("pullable", pullable);
        entry.put("placed", isPlaced);
        entry.put("workers", isPlaced && !name.equals("damaged-7b") ? List.of("worker-1") : List.of());
        return entry;
    }

    private static Map<String, Object> llama(int layers, int dim, int heads, int kvHeads, int ffn) {
        return shape(layers, dim, heads, kvHeads, 128, ffn, 32_000, false);
    }

    private static Map<String, Object> shape(int layers, int dim, int heads, int kvHeads, int headDim, int ffn, int vocabulary, boolean tied) {
        Map<String, Object> shape = new LinkedHashMap<>();
        shape.put("layers", layers);
        shape.put("dim", dim);
        shape.put("heads", heads);
        shape.put("kvHeads", kvHeads);
        shape.put("headDim", headDim);
        shape.put("ffn", ffn);
        shape.put("vocabulary", vocabulary);
        shape.put("tiedEmbeddings", tied);
        return shape;
    }
}
