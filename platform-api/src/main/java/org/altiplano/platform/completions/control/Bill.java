package org.altiplano.platform.completions.control;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.platform.completions.entity.Usage;
import org.altiplano.platform.usage.control.RunningGeneration;
import org.altiplano.platform.usage.control.UsageLedger;
import org.altiplano.platform.usage.entity.Ended;

/** Owns how one request's generations ended, until all have and are settled; on the grid's threads. */
final class Bill implements CompletionRun.Ledger {

    private final Settlement settlement;
    private final UsageLedger ledger;
    private final InstantSource clock;
    private final Settlement.Request request;
    private final List<RunningGeneration> generations;
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

    Bill(Settlement settlement, UsageLedger ledger, InstantSource clock, Settlement.Request request, List<RunningGeneration> generations) {
        this.settlement = settlement;
        this.ledger = ledger;
        this.clock = clock;
        this.request = request;
        this.generations = generations;
    }

    @Override
    public void accepted(int choice, int promptTokens) {
        generations.get(choice).accepted(promptTokens);
    }

    @Override
    public void produced(int choice, int tokens) {
        generations.get(choice).produced(tokens);
    }

    @Override
    public void finished(int choice, Finished finished) {
        ended.add(generations.get(choice).finished(finished, clock.instant()));
    }

    @Override
    public void failed(int choice, Failure failure) {
        ended.add(generations.get(choice).failed(failure.code(), clock.instant()));
    }

    @Override
    public CompletionStage<Void> settle(CompletionRun.Outcome outcome, Usage usage, Optional<Duration> timeToFirstToken) {
        settlement.settle(request, outcome, usage, timeToFirstToken);
        return ledger.settle(List.copyOf(ended));
    }
}
