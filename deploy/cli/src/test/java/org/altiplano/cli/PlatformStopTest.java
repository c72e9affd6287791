package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PlatformStopTest {

    @TempDir
    private Path folder;

    private Home home;
    private ProcessTable table;

    @BeforeEach
    void makesAHome() {
        home = new Home(folder);
        home.create();
        table = new ProcessTable(home);
    }

    @Test
    void endsWhatWasStartedAndNothingElse() {
        ManagedProcess own = launch("worker-1", "exec sleep 60");
        ManagedProcess other = launch("worker-2", "exec sleep 60");
        table.remove(other);
        stop(Duration.ofSeconds(10));
        assertFalse(own.isAlive());
        assertTrue(other.isAlive());
        assertEquals(List.of(), table.all());
        table.add(other);
        stop(Duration.ofSeconds(10));
    }

    @Test
    void aRecordWhosePidBelongsToAnotherProcessNowIsForgottenOnly() {
        ManagedProcess other = launch("worker-1", "exec sleep 60");
        table.add(new ManagedProcess("worker-1", new ProcessIdentity(other.identity().pid(), "another boot/1"),
                Instant.EPOCH));
        stop(Duration.ofSeconds(10));
        assertTrue(other.isAlive());
        assertEquals(List.of(), table.all());
        table.add(other);
        stop(Duration.ofSeconds(10));
        assertFalse(other.isAlive());
    }

    @Test
    void aProcessThatWasStartedLaterUnderTheSameNameStaysOnRecord() {
        ManagedProcess earlier = launch("worker-1", "exec sleep 60");
        ManagedProcess later = launch("worker-1", "exec sleep 60");
        new PlatformStop(table, new RecordingTerminal(0).terminal(), Duration.ofSeconds(10)).stop(List.of(earlier));
        assertFalse(earlier.isAlive());
        assertEquals(List.of(later), table.all());
        stop(Duration.ofSeconds(10));
    }

    @Test
    void aProcessThatDoesNotListenIsKilled() {
        ManagedProcess deaf = launch("gateway", "trap '' TERM; echo deaf; while :; do sleep 0.1; done");
        assertTrue(Pause.until(() -> LogTail.lastWords(home.log("gateway")).equals("deaf"), Duration.ofSeconds(30)));
        stop(Duration.ofMillis(300));
        assertFalse(deaf.isAlive());
    }

    @Test
    void whatAProcessWritesGoesToItsLog() throws Exception {
        launch("worker-1", "echo to out; echo to err >&2");
        assertTrue(Pause.until(() -> LogTail.lastWords(home.log("worker-1")).equals("to err"), Duration.ofSeconds(30)));
        assertTrue(Files.readString(home.log("worker-1")).contains("to out"));
    }

    @Test
    void aProcessHasASessionOfItsOwn() {
        ManagedProcess process = launch("worker-1", "exec sleep 60");
        String own = Long.toString(process.identity().pid());
        // It is given one by a program that runs before it in the same process.
        assertTrue(Pause.until(() -> session(own).equals(own), Duration.ofSeconds(30)));
        stop(Duration.ofSeconds(10));
    }

    private static String session(String pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/stat")).split(" ")[5];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ManagedProcess launch(String name, String script) {
        ManagedProcess process = new LaunchPlan(name, List.of("sh", "-c", script), Map.of(), home.log(name))
                .launch(Instant.EPOCH);
        table.add(process);
        return process;
    }

    private void stop(Duration patience) {
        new PlatformStop(table, new RecordingTerminal(0).terminal(), patience).stop(table.all());
    }
}
