package org.altiplano.engine;

import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;

/** Owns the number of generations that wait for their first step; any thread. */
final class WaitingRoom {

    private final int places;
    private final AtomicInteger taken = new AtomicInteger();

    WaitingRoom(int places) {
        this.places = places;
    }

    /** @throws FailureException QUEUE_FULL */
    void enter() {
        if (taken.getAndUpdate(count -> Math.min(places, count + 1)) == places) {
            throw new FailureException(Failure.Code.QUEUE_FULL,
                    "The model is busy: " + places + " generations are waiting already. Try again later.");
        }
    }

    void leave() {
        taken.decrementAndGet();
    }

    int size() {
        return taken.get();
    }
}
