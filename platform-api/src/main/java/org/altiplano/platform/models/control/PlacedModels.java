package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.RememberedNames;

/** Owns the table of models to be served; any thread. */
@ApplicationScoped
public class PlacedModels extends RememberedNames {

    /** For the container's proxy only. */
    protected PlacedModels() {
        this(null, null);
    }

    @Inject
    public PlacedModels(Database database, InstantSource clock) {
        super(database, clock, "placed_model", "placed_at");
    }
}
