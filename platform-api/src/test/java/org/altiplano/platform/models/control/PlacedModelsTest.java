package org.altiplano.platform.models.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlacedModelsTest {

    private static final int GATEWAYS = 4;

    @ParameterizedTest
    @EnumSource
    void remembersWhatIsToBeServed(TestDatabase kind) {
        PlacedModels models = new PlacedModels(new Database(kind.migrated()), () -> Instant.EPOCH);
        models.add("b");
        models.add("a");
        models.add("b");
        assertEquals(List.of("a", "b"), List.copyOf(models.names()));
        assertTrue(models.remove("b"));
        assertFalse(models.remove("b"));
        assertEquals(Set.of("a"), models.names());
    }

    @ParameterizedTest
    @EnumSource
    void gatewaysThatStartSideBySideAllPlaceWhatTheyWereToldTo(TestDatabase kind) throws Exception {
        PlacedModels models = new PlacedModels(new Database(kind.migrated()), () -> Instant.EPOCH);
        ExecutorService gateways = Executors.newFixedThreadPool(GATEWAYS);
        try {
            for (int round = 0; round < 20; round++) {
                String model = "m" + round;
                CyclicBarrier together = new CyclicBarrier(GATEWAYS);
                List<Future<?>> starts = new ArrayList<>();
                for (int gateway = 0; gateway < GATEWAYS; gateway++) {
                    starts.add(gateways.submit(() -> {
                        together.await();
                        models.add(model);
                        return model;
                    }));
                }
                for (Future<?> start : starts) {
                    start.get(30, TimeUnit.SECONDS);
                }
            }
        } finally {
            gateways.shutdownNow();
        }
        assertEquals(20, models.names().size());
    }
}
