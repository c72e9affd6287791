package org.altiplano.grid.hazelcast;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.StoreJob;
import org.altiplano.grid.routing.WorkerStatus;

/** A worker's status in types that Hazelcast's Compact format knows: a later version may add fields, not change them. */
record StatusRecord(String id, String host, int port, long startedAtMillis, boolean draining, String computeProfile,
                    String[] stored, ModelRecord[] models, JobRecord[] jobs) {

    static StatusRecord of(WorkerStatus status) {
        return new StatusRecord(status.id(), status.host(), status.port(), status.startedAt().toEpochMilli(),
                status.draining(), status.engine().computeProfile(), status.engine().stored().toArray(String[]::new),
                status.engine().models().stream().map(ModelRecord::of).toArray(ModelRecord[]::new),
                status.jobs().stream().map(JobRecord::of).toArray(JobRecord[]::new));
    }

    WorkerStatus status() {
        List<EngineStatus.ModelStatus> held = Arrays.stream(models).map(ModelRecord::status).toList();
        return new WorkerStatus(id, host, port, Instant.ofEpochMilli(startedAtMillis), draining,
                new EngineStatus(held, List.of(stored), computeProfile), known());
    }

    /** The record of a version that knew no jobs has none. */
    private List<StoreJob> known() {
        return jobs == null ? List.of() : Arrays.stream(jobs).map(JobRecord::status).toList();
    }

    record JobRecord(String id, String model, String state, String phase, long done, long total, String detail, long startedAtMillis) {

        static JobRecord of(StoreJob job) {
            return new JobRecord(job.id(), job.model(), job.state().name(), job.phase(), job.done(), job.total(), job.detail(),
                    job.startedAt().toEpochMilli());
        }

        StoreJob status() {
            return new StoreJob(id, model, StoreJob.State.valueOf(state), phase, done, total, detail, Instant.ofEpochMilli(startedAtMillis));
        }
    }

    record ModelRecord(String name, String state, String detail, String dtype, String chatTemplate, int maxModelLen,
                       int queued, int running, long kvUsedTokens, long kvCapacityTokens, long promptTokensTotal,
                       long generatedTokensTotal, long preemptionsTotal, double tokensPerSecond, long cacheQueriedTotal,
                       long cacheHitTotal, long cachedTokens, long cachePinnedTokens, long cacheEvictedTotal,
                       PinRecord[] pins) {

        static ModelRecord of(EngineStatus.ModelStatus model) {
            EngineStatus.PrefixCacheStatus cache = model.prefixCache();
            return new ModelRecord(model.name(), model.state().name(), model.detail(), model.dtype(),
                    model.chatTemplate(), model.maxModelLen(), model.queued(), model.running(), model.kvUsedTokens(),
                    model.kvCapacityTokens(), model.promptTokensTotal(), model.generatedTokensTotal(),
                    model.preemptionsTotal(), model.tokensPerSecond(), cache.queriedTotal(), cache.hitTotal(), cache.cached(),
                    cache.pinned(), cache.evictedTotal(), cache.pins().stream().map(PinRecord::of).toArray(PinRecord[]::new));
        }

        EngineStatus.ModelStatus status() {
            return new EngineStatus.ModelStatus(name, EngineStatus.ModelState.valueOf(state), detail, dtype,
                    chatTemplate, maxModelLen, queued, running, kvUsedTokens, kvCapacityTokens, promptTokensTotal,
                    generatedTokensTotal, preemptionsTotal, tokensPerSecond, new EngineStatus.PrefixCacheStatus(cacheQueriedTotal,
                    cacheHitTotal, cachedTokens, cachePinnedTokens, cacheEvictedTotal, held()));
        }

        /** The record of a version that knew no pins has none. */
        private List<EngineStatus.Pin> held() {
            return pins == null ? List.of() : Arrays.stream(pins).map(PinRecord::status).toList();
        }
    }

    record PinRecord(String id, int tokens, int pinned, String detail) {

        static PinRecord of(EngineStatus.Pin pin) {
            return new PinRecord(pin.id(), pin.tokens(), pin.pinned(), pin.detail());
        }

        EngineStatus.Pin status() {
            return new EngineStatus.Pin(id, tokens, pinned, detail);
        }
    }
}
