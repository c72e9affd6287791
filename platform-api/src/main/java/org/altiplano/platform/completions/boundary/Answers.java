package org.altiplano.platform.completions.boundary;

import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * Owns the threads that write answers, one per answer being written. They are not the server's own: a client that
 * stops reading blocks its thread until the server's write timeout, and must not block anybody else's request.
 */
@ApplicationScoped
public class Answers {

    /** Streams at once; a further request is told to come later. */
    private static final int MOST = 1_024;

    @Resource
    private ManagedThreadFactory threads;
    private ThreadPoolExecutor executor;

    @PostConstruct
    void start() {
        // Twice the limit, since it is checked when a request comes and not when its answer begins.
        executor = new ThreadPoolExecutor(0, 2 * MOST, 30, TimeUnit.SECONDS, new SynchronousQueue<>(), threads);
    }

    @PreDestroy
    void stop() {
        executor.shutdownNow();
    }

    /** @throws ProblemException 429 if there are too many answers under way already */
    Executor threads() {
        if (executor.getActiveCount() >= MOST) {
            throw new ProblemException(Problem.busy("Too many answers are being written at this moment."));
        }
        return executor;
    }
}
