package org.altiplano.cli;

import java.time.Duration;
import java.util.List;

/** Ends processes that {@code up} started: asks first, then insists. */
final class PlatformStop {

    /** A worker drains for a while before it leaves. */
    static final Duration PATIENCE = Duration.ofSeconds(15);

    private final ProcessTable table;
    private final Terminal terminal;
    private final Duration patience;

    /** @param patience how long a process may take to end of its own */
    PlatformStop(ProcessTable table, Terminal terminal, Duration patience) {
        this.table = table;
        this.terminal = terminal;
        this.patience = patience;
    }

    /** Ends what runs of these and forgets all of them. */
    void stop(List<ManagedProcess> processes) {
        List<ManagedProcess> alive = processes.stream().filter(ManagedProcess::isAlive).toList();
        alive.forEach(process -> handle(process, false));
        long deadline = System.nanoTime() + patience.toNanos();
        for (ManagedProcess process : alive) {
            ProgressLine line = terminal.progress(process.name());
            while (process.isAlive() && System.nanoTime() < deadline) {
                line.update("ending");
                Pause.brief();
            }
            if (process.isAlive()) {
                handle(process, true);
                Pause.until(() -> !process.isAlive(), Duration.ofSeconds(5));
            }
            if (process.isAlive()) {
                line.failed();
                throw new CommandFailure(process.name() + " (process " + process.identity().pid()
                        + ") does not end, not even when killed.");
            }
            line.done("ended");
        }
        processes.forEach(table::remove);
    }

    private static void handle(ManagedProcess process, boolean forcibly) {
        if (process.isAlive()) {
            ProcessHandle.of(process.identity().pid())
                    .ifPresent(handle -> {
                        if (forcibly) {
                            handle.destroyForcibly();
                        } else {
                            handle.destroy();
                        }
                    });
        }
    }
}
