package org.altiplano.systemtests;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Requests that nobody thought of, at a platform that keeps its data in its own database. {@code altiplano.fuzz} is how many of each kind. */
class FuzzIT {

    private static Fuzz fuzz;

    @BeforeAll
    static void start() {
        fuzz = new Fuzz(Platform.named("fuzz"), Integer.getInteger("altiplano.fuzz", 15));
    }

    @AfterAll
    static void close() {
        fuzz.close();
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
