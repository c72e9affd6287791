package org.altiplano.engine.model.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** Damages a small file in many seeded ways: bits flipped, bytes overwritten with extremes, the end cut off. */
public final class Mutations {

    private static final byte[] EXTREMES = {0, 1, -1, 127, -128, 64, 16};

    private Mutations() {
    }

    /** Reads a file; may throw an IOException, and nothing else. */
    @FunctionalInterface
    public interface Reader {

        void read(Path file) throws IOException;
    }

    /** Every refusal must be a sentence that names the file or its folder; some mutants must be refused, or the test would not test. */
    public static void of(byte[] original, int count, long seed, Path file, Reader reader) throws IOException {
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < count; i++) {
            Files.write(file, mutant(original, random));
            try {
                reader.read(file);
            } catch (IOException e) {
                assertTrue(String.valueOf(e.getMessage()).contains(file.getParent().toString()), "not named: " + e);
                refused++;
            }
        }
        assertTrue(refused > count / 20, "only " + refused + " of " + count + " mutants were refused");
    }

    private static byte[] mutant(byte[] original, Random random) {
        byte[] bytes = original.clone();
        int front = Math.min(bytes.length, 2_000);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(random.nextInt(4) > 0 ? front : bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = EXTREMES[random.nextInt(EXTREMES.length)];
                default -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), (byte) random.nextInt());
            }
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length)) : bytes;
    }
}
