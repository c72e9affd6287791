package org.altiplano.platform.workers.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.altiplano.grid.Grid;
import org.altiplano.grid.routing.WorkerStatus;
import org.altiplano.platform.tasks.control.PeriodicTasks;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricID;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.Tag;

/** Owns the gauges of workers and their models; a managed thread adds and removes them as workers come and go. */
@ApplicationScoped
public class WorkerGauges {

    private static final Duration PERIOD = Duration.ofSeconds(2);
    private static final Map<Metadata, ToDoubleFunction<ModelStatus>> GAUGES = Map.ofEntries(
            entry(gauge("altiplano_queued", "Generations that wait."), ModelStatus::queued),
            entry(gauge("altiplano_running", "Generations in the batch."), ModelStatus::running),
            entry(gauge("altiplano_kv_used_tokens", "KV memory that running generations hold, in tokens."), ModelStatus::kvUsedTokens),
            entry(gauge("altiplano_kv_capacity_tokens", "KV memory, in tokens."), ModelStatus::kvCapacityTokens),
            entry(gauge("altiplano_preemptions", "Sequences that gave up their memory since the worker started."), ModelStatus::preemptionsTotal),
            entry(gauge("altiplano_tokens_per_second", "Tokens generated per second, over the last few seconds."), ModelStatus::tokensPerSecond),
            entry(gauge("altiplano_prefix_cache_queried_tokens", "Prompt tokens looked up in the prefix cache since the worker started."),
                    model -> model.prefixCache().queriedTotal()),
            entry(gauge("altiplano_prefix_cache_hit_tokens", "Prompt tokens found in the prefix cache since the worker started."),
                    model -> model.prefixCache().hitTotal()),
            entry(gauge("altiplano_prefix_cache_tokens", "Tokens in the prefix cache."), model -> model.prefixCache().cached()),
            entry(gauge("altiplano_prefix_cache_pinned_tokens", "Tokens pinned in the prefix cache."), model -> model.prefixCache().pinned()),
            entry(gauge("altiplano_prefix_cache_evicted_tokens", "Tokens evicted from the prefix cache since the worker started."),
                    model -> model.prefixCache().evictedTotal()));

    @Inject
    private Grid grid;
    @Inject
    private MetricRegistry metrics;
    @Inject
    private PeriodicTasks tasks;
    private final Map<Place, Set<MetricID>> registered = new HashMap<>();

    /** A model on a worker. */
    private record Place(String worker, String model) {
    }

    /** Begins to follow the workers. To be called once. */
    public void start() {
        tasks.every(PERIOD, this::follow, "The workers' gauges could not be brought up to date");
    }

    private void follow() {
        Set<Place> places = new HashSet<>();
        for (WorkerStatus worker : grid.workers()) {
            worker.engine().models().forEach(model -> places.add(new Place(worker.id(), model.name())));
        }
        registered.entrySet().removeIf(known -> {
            boolean left = !places.contains(known.getKey());
            if (left) {
                known.getValue().forEach(metrics::remove);
            }
            return left;
        });
        places.forEach(place -> registered.computeIfAbsent(place, this::register));
    }

    private Set<MetricID> register(Place place) {
        Tag[] tags = {new Tag("worker", place.worker()), new Tag("model", place.model())};
        Set<MetricID> ids = new HashSet<>();
        GAUGES.forEach((metadata, value) -> {
            metrics.gauge(metadata, () -> read(place, value), tags);
            ids.add(new MetricID(metadata.getName(), tags));
        });
        return ids;
    }

    private double read(Place place, ToDoubleFunction<ModelStatus> value) {
        return grid.workers().stream().filter(worker -> worker.id().equals(place.worker()))
                .flatMap(worker -> worker.model(place.model()).stream()).mapToDouble(value).findFirst().orElse(0);
    }

    private static Map.Entry<Metadata, ToDoubleFunction<ModelStatus>> entry(Metadata metadata, ToDoubleFunction<ModelStatus> value) {
        return Map.entry(metadata, value);
    }

    private static Metadata gauge(String name, String description) {
        return Metadata.builder().withName(name).withDescription(description).build();
    }
}
