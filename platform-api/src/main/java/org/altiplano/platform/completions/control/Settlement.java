package org.altiplano.platform.completions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.security.identity.Caller;
import org.eclipse.microprofile.metrics.Counter;
import org.eclipse.microprofile.metrics.Metadata;
import org.eclipse.microprofile.metrics.MetricRegistry;
import org.eclipse.microprofile.metrics.MetricUnits;
import org.eclipse.microprofile.metrics.Tag;
import org.eclipse.microprofile.metrics.Timer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one place where a request's end is written down: a log line and the counters. Owns these; any thread. */
@ApplicationScoped
public class Settlement {

    private static final Logger LOG = LoggerFactory.getLogger(Settlement.class);
    private static final Metadata TIME_TO_FIRST_TOKEN = Metadata.builder().withName("altiplano_time_to_first_token_seconds")
            .withUnit(MetricUnits.SECONDS).withDescription("From submission to the first generated token.").build();
    private static final Metadata DURATION = Metadata.builder().withName("altiplano_request_duration_seconds")
            .withUnit(MetricUnits.SECONDS).withDescription("From submission to the end of the last choice.").build();
    private static final Metadata REQUESTS = Metadata.builder().withName("altiplano_requests")
            .withDescription("Completion requests that have ended, by outcome.").build();
    private static final Metadata PROMPT_TOKENS = Metadata.builder().withName("altiplano_prompt_tokens")
            .withDescription("Prompt tokens of requests that have ended.").build();
    private static final Metadata COMPLETION_TOKENS = Metadata.builder().withName("altiplano_completion_tokens")
            .withDescription("Tokens generated for requests that have ended.").build();

    /**
     * A request under way.
     *
     * @param id as in the answer
     * @param kind chat or text
     */
    record Request(String id, String kind, Caller caller, String model, Instant submitted) {
    }

    /** What is counted apart. */
    private record Series(String kind, String model, String outcome) {
    }

    private record Measures(Counter promptTokens, Counter completionTokens, Timer duration, Timer timeToFirstToken) {
    }

    private final MetricRegistry metrics;
    private final InstantSource clock;
    /** What the registry takes a while to find. */
    private final Map<Series, Counter> outcomes = new ConcurrentHashMap<>();
    private final Map<Series, Measures> measured = new ConcurrentHashMap<>();

    /** For the container's proxy only. */
    protected Settlement() {
        this(null, null);
    }

    @Inject
    public Settlement(MetricRegistry metrics, InstantSource clock) {
        this.metrics = metrics;
        this.clock = clock;
    }

    void settle(Request request, CompletionRun.Outcome outcome, Usage usage, Optional<Duration> timeToFirstToken) {
        Duration total = Duration.between(request.submitted(), clock.instant());
        String ended = outcome.name().toLowerCase(Locale.ROOT);
        LOG.info("usage id={} tenant={} owner={} model={} outcome={} prompt_tokens={} cached_tokens={} completion_tokens={} "
                        + "ttft_ms={} total_ms={}", request.id(), request.caller().tenant(), request.caller().getName(),
                request.model(), ended, usage.prompt(), usage.cached(), usage.completion(),
                timeToFirstToken.map(Duration::toMillis).orElse(-1L), total.toMillis());
        // Whoever makes names up must not make labels: a model that computed nothing is not named.
        String model = usage.prompt() > 0 ? request.model() : "";
        outcomes.computeIfAbsent(new Series(request.kind(), model, ended), series -> metrics.counter(REQUESTS, new Tag("kind", series.kind()),
                new Tag("model", series.model()), new Tag("outcome", series.outcome()))).inc();
        if (usage.prompt() > 0) {
            Measures measures = measured.computeIfAbsent(new Series(request.kind(), model, ""), this::measures);
            measures.promptTokens().inc(usage.prompt());
            measures.completionTokens().inc(usage.completion());
            measures.duration().update(total);
            timeToFirstToken.ifPresent(measures.timeToFirstToken()::update);
        }
    }

    private Measures measures(Series series) {
        Tag model = new Tag("model", series.model());
        Tag kind = new Tag("kind", series.kind());
        return new Measures(metrics.counter(PROMPT_TOKENS, model), metrics.counter(COMPLETION_TOKENS, model), metrics.timer(DURATION, kind, model),
                metrics.timer(TIME_TO_FIRST_TOKEN, kind, model));
    }
}
