package org.altiplano.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.altiplano.contract.Accepted;
import org.altiplano.contract.Failure;
import org.altiplano.contract.Finished;
import org.altiplano.contract.GenerationListener;
import org.altiplano.contract.PromptEcho;
import org.altiplano.contract.TokenChunk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the events of one generation on their way to its listener: posted by one thread at a time, told one by one on a
 * thread of the executor. So a listener that is slow holds up nobody else, and one that throws loses only its own
 * generation: it hears nothing more but the terminal event.
 */
final class Mailbox implements GenerationListener {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final String id;
    private final GenerationListener listener;
    private final Executor executor;
    private final Runnable cancel;
    private final Queue<Runnable> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger untold = new AtomicInteger();
    /** Read and written while telling, which is serial. */
    private boolean deaf;

    /** @param cancel what to do when the listener throws */
    Mailbox(String id, GenerationListener listener, Executor executor, Runnable cancel) {
        this.id = id;
        this.listener = listener;
        this.executor = executor;
        this.cancel = cancel;
    }

    @Override
    public void onAccepted(Accepted accepted) {
        post(() -> tell(hearer -> hearer.onAccepted(accepted)));
    }

    @Override
    public void onPrompt(PromptEcho prompt) {
        post(() -> tell(hearer -> hearer.onPrompt(prompt)));
    }

    @Override
    public void onTokens(TokenChunk chunk) {
        post(() -> tell(hearer -> hearer.onTokens(chunk)));
    }

    @Override
    public void onFinished(Finished finished) {
        post(() -> tellLast(hearer -> hearer.onFinished(finished)));
    }

    @Override
    public void onFailed(Failure failure) {
        post(() -> tellLast(hearer -> hearer.onFailed(failure)));
    }

    private void post(Runnable event) {
        events.add(event);
        if (untold.getAndIncrement() == 0) {
            try {
                executor.execute(this::deliver);
            } catch (RejectedExecutionException closed) {
                deliver();
            }
        }
    }

    private void deliver() {
        do {
            events.remove().run();
        } while (untold.decrementAndGet() > 0);
    }

    private void tell(Consumer<GenerationListener> event) {
        if (deaf) {
            return;
        }
        try {
            event.accept(listener);
        } catch (RuntimeException | Error e) {
            deaf = true;
            LOG.warn("The listener of generation {} failed; the generation is cancelled.", id, e);
            cancel.run();
        }
    }

    private void tellLast(Consumer<GenerationListener> event) {
        try {
            event.accept(listener);
        } catch (RuntimeException | Error e) {
            LOG.warn("The listener of generation {} failed at its last event.", id, e);
        }
    }
}
