package org.altiplano.platform.workers.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.RememberedNames;

/** Owns the table of workers that are to get no new generations; any thread. */
@ApplicationScoped
public class DrainedWorkers extends RememberedNames {

    /** For the container's proxy only. */
    protected DrainedWorkers() {
        this(null, null);
    }

    @Inject
    public DrainedWorkers(Database database, InstantSource clock) {
        super(database, clock, "drained_worker", "drained_at");
    }
}
