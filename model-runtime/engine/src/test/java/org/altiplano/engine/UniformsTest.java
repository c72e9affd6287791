package org.altiplano.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class UniformsTest {

    @Test
    void aSeedMakesTheSameNumbersForEver() {
        assertEquals(Uniforms.at(42, 7), Uniforms.at(42, 7));
        assertEquals((0xE220A8397B1DCDAFL >>> 11) * 0x1p-53, Uniforms.at(0, 0), "the first number of SplitMix64 from 0");
    }

    @Test
    void numbersAreEvenlySpreadOverTokensAndOverSeeds() {
        int[] byIndex = new int[10];
        int[] bySeed = new int[10];
        for (int i = 0; i < 100_000; i++) {
            byIndex[(int) (Uniforms.at(1, i) * 10)]++;
            bySeed[(int) (Uniforms.at(i, 0) * 10)]++;
        }
        for (int bin = 0; bin < 10; bin++) {
            assertEquals(10_000, byIndex[bin], 400);
            assertEquals(10_000, bySeed[bin], 400);
        }
    }

    @Test
    void neighbouringTokensAndSeedsAreNotAlike() {
        double products = 0;
        double acrossSeeds = 0;
        for (int i = 0; i < 100_000; i++) {
            products += (Uniforms.at(5, i) - 0.5) * (Uniforms.at(5, i + 1) - 0.5);
            acrossSeeds += (Uniforms.at(i, 3) - 0.5) * (Uniforms.at(i + 1, 3) - 0.5);
        }
        assertTrue(Math.abs(products / 100_000) < 1e-3);
        assertTrue(Math.abs(acrossSeeds / 100_000) < 1e-3);
    }
}
