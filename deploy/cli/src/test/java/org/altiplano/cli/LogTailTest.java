package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogTailTest {

    @TempDir
    private Path folder;

    @Test
    void theEndIsReadAndThenFollowed() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "a\nb\nc\n");
        var tail = new LogTail(log);
        assertEquals(List.of("b", "c"), tail.last(2));
        assertEquals("", tail.news());
        Files.writeString(log, "d\n", StandardOpenOption.APPEND);
        assertEquals("d\n", tail.news());
    }

    @Test
    void aLogThatBeganAnewIsReadFromItsBeginning() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "a long first line\n");
        var tail = new LogTail(log);
        tail.last(1);
        Files.writeString(log, "new\n");
        assertEquals("new\n", tail.news());
    }

    @Test
    void theLastWordsAreTheLastLineThatSaysSomething() throws Exception {
        assertEquals("port taken", LogTail.lastWords(Files.writeString(folder.resolve("log"), "x\nport taken\n\n  \n")));
        assertEquals("", LogTail.lastWords(folder.resolve("absent")));
    }

    @Test
    void aRefusalIsTheReasonOfTheLastStart() throws Exception {
        Path log = Files.writeString(folder.resolve("log"), "--- gateway starts at 1\n[ERROR   ] The gateway cannot start: the database is gone\nmore\n");
        assertEquals(Optional.of("the database is gone"), LogTail.refusal(log));
        Files.writeString(log, "--- gateway starts at 2\n", StandardOpenOption.APPEND);
        assertEquals(Optional.empty(), LogTail.refusal(log));
    }
}
