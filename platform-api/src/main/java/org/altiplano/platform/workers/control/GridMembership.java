package org.altiplano.platform.workers.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import org.altiplano.contract.InferenceBackend;
import org.altiplano.contract.TokenizationBackend;
import org.altiplano.grid.Grid;
import org.altiplano.grid.GridSettings;

/** Owns the gateway's place in the grid, from the application's start to its end. */
@ApplicationScoped
public class GridMembership {

    @Produces
    @Singleton
    Grid join() {
        return Grid.join(GridSettings.fromEnvironment(System.getenv()));
    }

    void leave(@Disposes Grid grid) {
        grid.close();
    }

    @Produces
    @Singleton
    InferenceBackend inference(Grid grid) {
        return grid.backend();
    }

    @Produces
    @Singleton
    TokenizationBackend tokenization(Grid grid) {
        return grid.backend();
    }
}
