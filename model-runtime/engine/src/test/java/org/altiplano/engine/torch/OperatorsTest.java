package org.altiplano.engine.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong; that they load is shown by every test of the model. */
class OperatorsTest {

    @TempDir
    private Path home;

    @Test
    void whatCannotBeLoadedIsNamedWithItsFolderAndLeavesNothingBehind() throws IOException {
        Path folder = home.resolve("new").resolve("operators");
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> Operators.load("no_library", folder));
        assertTrue(refused.getMessage().startsWith("The operators libno_library.so cannot be loaded from " + folder
                + " (nothing can where it is mounted noexec): "), refused.getMessage());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.toList());
        }
    }

    @Test
    void aFolderThatCannotBeWrittenIsNamed() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        IllegalStateException refused = assertThrows(IllegalStateException.class, () -> Operators.load("no_library", file));
        assertTrue(refused.getMessage().startsWith("The operators libno_library.so cannot be copied to " + file + ": "), refused.getMessage());
    }
}
