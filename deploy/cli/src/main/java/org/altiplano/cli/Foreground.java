package org.altiplano.cli;

import java.util.List;

/** Stays on the command's thread while the platform runs, and ends the platform when the command ends. */
final class Foreground {

    private final Home home;
    private final Terminal terminal;

    Foreground(Home home, Terminal terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /** Never returns of itself: Ctrl-C or SIGTERM ends the command, a process that ends by itself fails it. */
    void stay(List<ManagedProcess> processes) {
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> new PlatformStop(new ProcessTable(home), terminal, PlatformStop.PATIENCE).stop(processes), "end-platform"));
        terminal.note("Ctrl-C ends it.");
        while (true) {
            for (ManagedProcess process : processes) {
                if (!process.isAlive() && new ProcessTable(home).all().contains(process)) {
                    throw new CommandFailure(process.name() + " has ended by itself: "
                            + LogTail.lastWords(home.log(process.name())));
                }
            }
            Pause.brief();
        }
    }
}
