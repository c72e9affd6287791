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

    /**
     * Returns when the platform was ended by {@code altiplano down}. Ctrl-C or SIGTERM ends the command and with it the
     * platform; a process that ends by itself fails the command.
     */
    void stay(List<ManagedProcess> processes) {
        var table = new ProcessTable(home);
        Runtime.getRuntime().addShutdownHook(new Thread(
                () -> new PlatformStop(table, terminal, PlatformStop.PATIENCE).stop(processes), "end-platform"));
        terminal.note("Ctrl-C ends it.");
        while (processes.stream().anyMatch(ManagedProcess::isAlive)) {
            List<ManagedProcess> wanted = table.all();
            for (ManagedProcess process : processes) {
                if (!process.isAlive() && wanted.contains(process)) {
                    throw new CommandFailure(process.name() + " has ended by itself: "
                            + LogTail.lastWords(home.log(process.name())));
                }
            }
            Pause.brief();
        }
    }
}
