package org.altiplano.grid.routing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.altiplano.contract.EngineStatus;
import org.altiplano.contract.EngineStatus.ModelState;
import org.altiplano.contract.EngineStatus.ModelStatus;
import org.junit.jupiter.api.Test;

class RouterTest {

    private final Router router = new Router(new Random(1));

    @Test
    void passesOverWorkersThatDoNotServeTheModel() {
        assertEquals(Optional.of("b"), pick(List.of(
                candidate("a", "other", ModelState.SERVING, 0, 0),
                candidate("b", "m", ModelState.SERVING, 9, 500),
                candidate("c", "m", ModelState.LOADING, 0, 0),
                candidate("d", "m", ModelState.DRAINING, 0, 0),
                candidate("e", "m", ModelState.FAILED, 0, 0))));
    }

    @Test
    void passesOverADrainingWorker() {
        assertEquals(Optional.empty(), pick(List.of(draining(candidate("a", "m", ModelState.SERVING, 0, 0)))));
    }

    @Test
    void picksTheLeastLoaded() {
        assertEquals(Optional.of("b"), pick(List.of(candidate("a", "m", ModelState.SERVING, 3, 0),
                candidate("b", "m", ModelState.SERVING, 2, 900), candidate("c", "m", ModelState.SERVING, 4, 0))));
    }

    @Test
    void amongEquallyLoadedPicksTheOneWithMoreKvMemoryLeft() {
        assertEquals(Optional.of("b"), pick(List.of(candidate("a", "m", ModelState.SERVING, 2, 700),
                candidate("b", "m", ModelState.SERVING, 2, 300))));
    }

    @Test
    void picksADoubtfulWorkerOnlyIfThereIsNoOther() {
        Candidate idle = candidate("a", "m", ModelState.SERVING, 0, 0);
        Candidate doubtful = new Candidate(idle.status(), 0, true);
        assertEquals(Optional.of("b"), pick(List.of(doubtful, candidate("b", "m", ModelState.SERVING, 50, 999))));
        assertEquals(Optional.of("a"), pick(List.of(doubtful)));
    }

    @Test
    void breaksTiesByItsRandomnessAlone() {
        List<Candidate> equals = List.of(candidate("a", "m", ModelState.SERVING, 0, 0),
                candidate("b", "m", ModelState.SERVING, 0, 0), candidate("c", "m", ModelState.SERVING, 0, 0));
        assertEquals(picks(new Router(new Random(5)), equals), picks(new Router(new Random(5)), equals));
        assertNotEquals(picks(new Router(new Random(5)), equals), picks(new Router(new Random(6)), equals));
        assertEquals(Set.of("a", "b", "c"), Set.copyOf(picks(router, equals)));
    }

    @Test
    void explainsWhyThereIsNoWorker() {
        assertEquals("No worker is up to serve the model m.", Router.explain("m", List.of()));
        assertEquals("The model m is loading: 40 %",
                Router.explain("m", List.of(candidate("a", "m", ModelState.LOADING, 0, 0, "40 %"))));
        assertEquals("The model m is loading; try again soon.",
                Router.explain("m", List.of(candidate("a", "m", ModelState.LOADING, 0, 0))));
        assertEquals("The model m could not be loaded: It needs 13 GB.",
                Router.explain("m", List.of(candidate("a", "m", ModelState.FAILED, 0, 0, "It needs 13 GB."))));
        assertEquals("No worker has the model m in its store.",
                Router.explain("m", List.of(candidate("a", "other", ModelState.SERVING, 0, 0))));
        assertEquals("No worker serves the model m right now.",
                Router.explain("m", List.of(draining(candidate("a", "m", ModelState.SERVING, 0, 0)))));
    }

    private Optional<String> pick(List<Candidate> candidates) {
        return router.pick("m", candidates).map(WorkerStatus::id);
    }

    private static List<String> picks(Router router, List<Candidate> candidates) {
        return IntStream.range(0, 50).mapToObj(i -> router.pick("m", candidates).orElseThrow().id())
                .collect(Collectors.toList());
    }

    private static Candidate candidate(String id, String model, ModelState state, int load, long kvUsed) {
        return candidate(id, model, state, load, kvUsed, "");
    }

    private static Candidate candidate(String id, String model, ModelState state, int load, long kvUsed, String detail) {
        ModelStatus held = new ModelStatus(model, state, detail, "q8", "chatml", 2_048, 0, load, kvUsed, 1_000, 0, 0, 0, 0,
                EngineStatus.PrefixCacheStatus.NONE);
        return new Candidate(new WorkerStatus(id, "127.0.0.1", 1, Instant.EPOCH, false,
                new EngineStatus(List.of(held), List.of(model), "avx2"), List.of()), load, false);
    }

    private static Candidate draining(Candidate candidate) {
        return new Candidate(candidate.status().withDraining(true), candidate.load(), candidate.doubtful());
    }
}
