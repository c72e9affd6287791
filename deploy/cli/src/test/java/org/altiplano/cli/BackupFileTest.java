package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupFileTest {

    private static final Set<String> KNOWN = Set.of("a/one", "two");

    @TempDir
    private Path folder;
    private Path file;
    private Path target;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("backup");
        target = Files.createDirectory(folder.resolve("target"));
        BackupFile.write(file, Map.of("a/one", Files.writeString(folder.resolve("x"), "one's"), "two", Files.writeString(folder.resolve("y"), "two's")),
                Json.object().put("at", "noon"));
    }

    @Test
    void bringsBackWhatWasWritten() throws Exception {
        assertEquals("noon", BackupFile.unpack(file, target, KNOWN).path("at").asText());
        assertEquals("one's", Files.readString(target.resolve("a/one")));
        assertEquals("two's", Files.readString(target.resolve("two")));
    }

    @Test
    void isForItsOwnerOnly() throws Exception {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    }

    @Test
    void refusesAFileWithAnyByteChangedOrMissingAndUnpacksNothingOfIt() throws Exception {
        byte[] whole = Files.readAllBytes(file);
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            refused(damaged);
            refused(Arrays.copyOf(whole, i));
        }
        refused(Arrays.copyOf(whole, whole.length + 1));
        try (Stream<Path> content = Files.list(target)) {
            assertEquals(List.of(), content.toList());
        }
    }

    @Test
    void refusesAFileOfANewerVersion() throws Exception {
        String text = new String(Files.readAllBytes(file), "ISO-8859-1");
        Files.write(file, text.replaceFirst("altiplano-backup 1", "altiplano-backup 2").getBytes("ISO-8859-1"));
        assertTrue(refusal().contains("newer version"));
    }

    @Test
    void refusesEntriesThatItDoesNotKnow() throws Exception {
        BackupFile.write(folder.resolve("odd"), Map.of("../evil", file), Json.object());
        file = folder.resolve("odd");
        assertTrue(refusal().contains("does not know"));
        assertFalse(Files.exists(folder.resolve("evil")));
    }

    @Test
    void namesAFileThatIsNotThereAndKeepsOneThatIs() throws Exception {
        file = folder.resolve("absent");
        assertTrue(refusal().contains("There is no file"));
        Files.writeString(file, "precious");
        assertThrows(CommandFailure.class, () -> BackupFile.write(file, Map.of(), Json.object()));
        assertEquals("precious", Files.readString(file));
    }

    @Test
    void leavesNothingBehindThatCouldNotBeWrittenWhole() throws Exception {
        Map<String, Path> entries = new LinkedHashMap<>(Map.of("a/one", file));
        entries.put("two", folder.resolve("absent"));
        assertThrows(CommandFailure.class, () -> BackupFile.write(folder.resolve("cut"), entries, Json.object()));
        assertFalse(Files.exists(folder.resolve("cut")) || Files.exists(folder.resolve("cut.part")));
    }

    private void refused(byte[] content) throws Exception {
        Files.write(file, content);
        refusal();
    }

    private String refusal() {
        return assertThrows(CommandFailure.class, () -> BackupFile.unpack(file, target, KNOWN)).getMessage();
    }
}
