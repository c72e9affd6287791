package org.altiplano.platform.setup.boundary;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.altiplano.grid.Grid;
import org.altiplano.platform.models.control.Models;
import org.altiplano.platform.models.entity.ModelView;
import org.altiplano.platform.setup.control.Startup;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** {@code /health/started}, {@code /health/ready} and {@code /health/live}. Owns nothing; any thread. */
@ApplicationScoped
public class HealthChecks {

    private static final int PATIENCE_SECONDS = 2;

    @Resource(lookup = "jdbc/platform")
    private DataSource database;
    @Inject
    private Startup startup;
    @Inject
    private Models models;
    @Inject
    private Grid grid;

    @Produces
    @Liveness
    HealthCheck live() {
        return () -> HealthCheckResponse.up("gateway");
    }

    @Produces
    @org.eclipse.microprofile.health.Startup
    HealthCheck started() {
        return () -> HealthCheckResponse.named("gateway").status(startup.isDone()).build();
    }

    @Produces
    @Readiness
    HealthCheck databaseReady() {
        return () -> HealthCheckResponse.named("database").status(databaseAnswers()).build();
    }

    /** Ready without a worker too: the gateway then says so to each request. */
    @Produces
    @Readiness
    HealthCheck gridReady() {
        return () -> HealthCheckResponse.named("grid").status(startup.isDone())
                .withData("workers", grid.workers().size())
                .withData("serving", models.serving().stream().map(ModelView::name).collect(Collectors.joining(","))).build();
    }

    private boolean databaseAnswers() {
        try (Connection connection = database.getConnection()) {
            return connection.isValid(PATIENCE_SECONDS);
        } catch (SQLException e) {
            return false;
        }
    }
}
