package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProcessIdentityTest {

    @Test
    void aRunningProcessIsAlive() {
        assertTrue(ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow().isAlive());
    }

    @Test
    void anEndedProcessIsNot() throws Exception {
        Process process = new ProcessBuilder("sleep", "60").start();
        ProcessIdentity identity = ProcessIdentity.of(process.pid()).orElseThrow();
        assertTrue(identity.isAlive());
        process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        assertTrue(Pause.until(() -> !identity.isAlive(), Duration.ofSeconds(30)));
    }

    @Test
    void aLaterProcessOfTheSamePidIsAnotherOne() {
        ProcessIdentity now = ProcessIdentity.of(ProcessHandle.current().pid()).orElseThrow();
        assertFalse(new ProcessIdentity(now.pid(), now.started() + "0").isAlive());
    }

    @Test
    void aZombieIsNotAlive() throws Exception {
        // The shell's child ends at once; the program that replaces the shell never asks for its end.
        Process parent = new ProcessBuilder("sh", "-c", "sh -c 'echo $$; exit 0' & exec sleep 60").start();
        try {
            long child = Long.parseLong(parent.inputReader().readLine());
            assertTrue(Pause.until(() -> ProcessIdentity.of(child).isEmpty(), Duration.ofSeconds(30)));
        } finally {
            parent.destroyForcibly();
        }
    }
}
