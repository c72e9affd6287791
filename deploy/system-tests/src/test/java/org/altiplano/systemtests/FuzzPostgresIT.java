package org.altiplano.systemtests;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Requests that nobody thought of, at a platform that keeps its data in a PostgreSQL, which refuses characters, numbers and times that
 * the own database takes. A third of {@code altiplano.fuzz} is how many of each kind.
 */
class FuzzPostgresIT {

    private static Postgres postgres;
    private static Fuzz fuzz;

    @BeforeAll
    static void start() {
        postgres = new Postgres(Platform.named("fuzz-postgres").home().resolve("data"));
        fuzz = new Fuzz(Platform.named("fuzz-on-postgres", postgres.environment()), Math.max(1, Integer.getInteger("altiplano.fuzz", 15) / 3));
    }

    @AfterAll
    static void close() {
        fuzz.close();
        postgres.close();
    }

    @Test
    void noRequestToTheInferenceApiBreaksItOrItsDescription() throws Exception {
        fuzz.inference();
    }

    @Test
    void noRequestToTheAdministrationBreaksItOrItsDescription() throws Exception {
        fuzz.administration();
    }
}
