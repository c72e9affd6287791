package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class StoreLineTest {

    @Test
    void saysHowFarItIsOrWhyItFailedInOneLine() {
        assertEquals(Optional.of(new StoreLine("Converting the weights", 7, 100, Optional.empty())),
                StoreLine.parse(StoreLine.progress("Converting\tthe\nweights", 7, 100)));
        assertEquals(Optional.of(new StoreLine("", 0, 0, Optional.of("It is cut off: 3 of 4 bytes."))),
                StoreLine.parse(StoreLine.failed("It is cut off:\n3 of 4 bytes.")));
    }

    @Test
    void whatSomethingElseWritesIsPassedOver() {
        assertEquals(Optional.empty(), StoreLine.parse("Picked up JAVA_TOOL_OPTIONS: -Xmx1g"));
        assertEquals(Optional.empty(), StoreLine.parse("progress\tx\t100\tConverting"));
        assertEquals(Optional.empty(), StoreLine.parse(""));
    }
}
