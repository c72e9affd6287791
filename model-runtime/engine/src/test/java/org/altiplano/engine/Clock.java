package org.altiplano.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.TokenChunk;

/** Notes when each token of a generation came, for the benchmarks. Told by one thread, read by others when it has ended. */
final class Clock implements GenerationListener {

    final long submitted = System.nanoTime();
    final List<Long> times = new ArrayList<>();
    final List<Integer> tokens = new ArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);
    volatile int cached;
    /** Tokens that have come. */
    volatile int count;

    @Override
    public void onTokens(TokenChunk chunk) {
        long now = System.nanoTime();
        chunk.tokens().forEach(token -> {
            times.add(now);
            tokens.add(token.id());
        });
        count = times.size();
    }

    @Override
    public void onFinished(Finished finished) {
        cached = finished.cachedTokens();
        ended.countDown();
    }

    @Override
    public void onFailed(Failure failure) {
        System.err.println(failure);
        System.exit(1);
    }

    Clock await() throws InterruptedException {
        ended.await();
        return this;
    }

    /** Milliseconds from submission to the first token. */
    double timeToFirstToken() {
        return (times.get(0) - submitted) / 1e6;
    }
}
