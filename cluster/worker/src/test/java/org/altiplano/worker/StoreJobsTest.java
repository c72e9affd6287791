package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.altiplano.contract.Eventually;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.altiplano.contract.ModelSource;
import org.altiplano.contract.StoreJob;
import org.altiplano.contract.StoreJob.State;
import org.altiplano.engine.store.ModelStore;
import org.altiplano.engine.store.TinyCheckpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way of models into a worker's store and out of it, by real processes. */
class StoreJobsTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final ModelSource DOWNLOAD = new ModelSource.Catalogue("smollm2-135m-instruct");

    @TempDir
    private Path home;
    private final Set<String> held = new TreeSet<>();
    private final AtomicInteger ids = new AtomicInteger();
    private StoreJobs jobs;

    @BeforeEach
    void open() throws IOException {
        new TinyCheckpoint().write(home.resolve("import/tiny"));
        Files.writeString(Files.createDirectories(home.resolve("import/broken")).resolve("config.json"), "{");
        jobs = new StoreJobs(home.resolve("models"), new ImportFolder(home.resolve("import")), held::contains, () -> Instant.EPOCH,
                () -> Integer.toString(ids.incrementAndGet()));
    }

    @AfterEach
    void close() {
        jobs.close();
    }

    @Test
    void storesACheckpointOnceAndRemovesItWhileNobodyHoldsIt() throws IOException {
        assertEquals(new StoreJob("tiny.1", "tiny", State.WAITING, "", 0, 0, "", Instant.EPOCH), jobs.store(folder("tiny", "tiny")));
        assertEquals(Failure.Code.MODEL_IN_USE, refused(() -> jobs.store(folder("tiny", "tiny"))));
        assertEquals(Failure.Code.MODEL_IN_USE, refused(() -> jobs.remove("tiny")));
        ends("tiny.1", State.DONE);
        assertEquals("fp32", new ModelStore(home.resolve("models")).find("tiny").orElseThrow().dtype().word());
        assertEquals(Failure.Code.MODEL_IN_USE, refused(() -> jobs.store(folder("tiny", "tiny"))));
        held.add("tiny");
        assertEquals(Failure.Code.MODEL_IN_USE, refused(() -> jobs.remove("tiny")));
        held.clear();
        jobs.remove("tiny");
        assertFalse(Files.exists(home.resolve("models/tiny")));
        assertEquals(Failure.Code.MODEL_NOT_FOUND, refused(() -> jobs.remove("tiny")));
    }

    @Test
    void saysInASentenceWhyACheckpointCannotBeStoredAndLeavesNothing() throws IOException {
        jobs.store(folder("broken", "broken"));
        ends("broken.1", State.FAILED);
        assertTrue(jobs.jobs().get(0).detail().contains("config.json"), jobs.jobs().toString());
        try (var left = Files.list(home.resolve("models"))) {
            assertEquals(List.of(".lock"), left.map(path -> path.getFileName().toString()).toList());
        }
        assertEquals(Failure.Code.INVALID_PARAMETER, refused(() -> jobs.store(folder("stolen", "../models"))));
        assertEquals(1, jobs.jobs().size());
    }

    @Test
    void oneWaitsForTheOtherAndEitherCanBeGivenUp() {
        long before = ProcessHandle.current().children().count();
        jobs.store(DOWNLOAD);
        Eventually.holds("it begins", MINUTE, () -> jobs.jobs().get(0).state() == State.RUNNING);
        jobs.store(folder("tiny", "tiny"));
        jobs.store(folder("other", "tiny"));
        assertEquals(State.WAITING, jobs.jobs().get(2).state());
        jobs.cancel("tiny.2");
        jobs.cancel("smollm2-135m-instruct.1");
        jobs.cancel("unknown");
        ends("other.3", State.DONE);
        jobs.cancel("other.3");
        assertEquals(List.of(State.CANCELLED, State.CANCELLED, State.DONE), jobs.jobs().stream().map(StoreJob::state).toList());
        Eventually.holds("no process is left", MINUTE, () -> ProcessHandle.current().children().count() == before);
        assertFalse(Files.exists(home.resolve("models/tiny")));
    }

    @Test
    void whoClosesWaitsUntilTheProcessIsGone() {
        long before = ProcessHandle.current().children().count();
        jobs.store(DOWNLOAD);
        Eventually.holds("it begins", MINUTE, () -> jobs.jobs().get(0).state() == State.RUNNING);
        jobs.close();
        assertEquals(before, ProcessHandle.current().children().count());
        assertEquals(State.CANCELLED, jobs.jobs().get(0).state());
    }

    private static ModelSource folder(String name, String path) {
        return new ModelSource.Folder(name, path, "fp32", Optional.empty());
    }

    private void ends(String id, State state) {
        Eventually.holds(id + " is over", MINUTE, () -> jobs.jobs().stream().anyMatch(job -> job.id().equals(id) && job.isOver()));
        StoreJob job = jobs.jobs().stream().filter(one -> one.id().equals(id)).findFirst().orElseThrow();
        assertEquals(state, job.state(), job.detail());
    }

    private static Failure.Code refused(Runnable call) {
        return assertThrows(FailureException.class, call::run).failure().code();
    }
}
