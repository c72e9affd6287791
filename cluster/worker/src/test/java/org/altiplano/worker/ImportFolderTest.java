package org.altiplano.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be taken from a machine for whoever asks over the network. */
class ImportFolderTest {

    @TempDir
    private Path machine;
    private ImportFolder imports;

    @BeforeEach
    void fill() throws IOException {
        Path folder = Files.createDirectories(machine.resolve("import/llama"));
        Files.writeString(folder.resolve("config.json"), "{}");
        Files.createDirectories(machine.resolve("import/blobs"));
        Files.writeString(machine.resolve("import/blobs/weights"), "w");
        Files.createSymbolicLink(folder.resolve("model.safetensors"), Path.of("../blobs/weights"));
        Files.createDirectories(machine.resolve("private"));
        Files.writeString(machine.resolve("private/key"), "k");
        imports = new ImportFolder(machine.resolve("import"));
    }

    @Test
    void takesWhatLiesWithinAlsoThroughLinksThatStayThere() throws IOException {
        assertEquals(machine.resolve("import/llama").toRealPath(), imports.checkpoint("llama"));
        assertEquals(machine.resolve("import/blobs/weights").toRealPath(), imports.checkpoint("llama/model.safetensors"));
        assertEquals(machine.resolve("import/llama").toRealPath(), imports.checkpoint("./llama/../llama/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ".", "..", "../private", "llama/../../private", "/etc/passwd", "nothing", "llama/nothing", "a\u0000b"})
    void refusesWhatLeadsOutOrNowhere(String path) {
        refused(path);
    }

    @Test
    void refusesALinkThatLeadsOutAndAFolderWithSuchAFile() throws IOException {
        Files.createSymbolicLink(machine.resolve("import/out"), machine.resolve("private"));
        refused("out");
        refused("out/key");
        Files.createSymbolicLink(machine.resolve("import/llama/tokenizer.json"), machine.resolve("private/key"));
        assertTrue(refused("llama").endsWith(": llama/tokenizer.json."));
    }

    @Test
    void refusesAFolderWhoseTokenizerAboveItLeadsOut() throws IOException {
        Files.createSymbolicLink(machine.resolve("import/tokenizer.model"), machine.resolve("private/key"));
        assertTrue(refused("llama").endsWith(": tokenizer.model."));
    }

    @Test
    void refusesAPipeAndSaysWhereItLooksIfThereIsNoSuchFolder() throws Exception {
        assertEquals(0, new ProcessBuilder("mkfifo", machine.resolve("import/llama/pipe").toString()).start().waitFor());
        refused("llama");
        String sentence = assertThrows(FailureException.class, () -> new ImportFolder(machine.resolve("none")).checkpoint("x")).getMessage();
        assertTrue(sentence.contains(machine.resolve("none").toString()), sentence);
    }

    private String refused(String path) {
        Failure failure = assertThrows(FailureException.class, () -> imports.checkpoint(path)).failure();
        assertEquals(Failure.Code.INVALID_PARAMETER, failure.code());
        return failure.message();
    }
}
