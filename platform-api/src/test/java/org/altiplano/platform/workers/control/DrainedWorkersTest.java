package org.altiplano.platform.workers.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DrainedWorkersTest {

    @ParameterizedTest
    @EnumSource
    void remembersWhichWorkersAreDrained(TestDatabase kind) {
        DrainedWorkers workers = new DrainedWorkers(new Database(kind.migrated()), () -> Instant.EPOCH);
        workers.add("worker-2");
        workers.add("worker-1");
        workers.add("worker-2");
        assertEquals(List.of("worker-1", "worker-2"), List.copyOf(workers.names()));
        assertTrue(workers.remove("worker-2"));
        assertFalse(workers.remove("worker-2"));
        assertEquals(Set.of("worker-1"), workers.names());
    }
}
