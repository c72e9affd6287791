package org.altiplano.cli;

import java.nio.file.Files;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano down}. */
@Command(name = "down", description = "Ends what up started, and nothing else.")
final class DownCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @Mixin
    private JsonOption json;

    @Override
    public void run() {
        Home home = altiplano.home();
        Terminal terminal = altiplano.terminal();
        List<ManagedProcess> alive = Files.isDirectory(home.run()) ? stop(home, terminal) : List.of();
        if (json.isAsked()) {
            var ended = Json.array();
            alive.forEach(process -> ended.add(process.name()));
            terminal.print(Json.pretty(Json.object().set("ended", ended)));
        } else {
            terminal.print(alive.isEmpty() ? "Altiplano is not running in " + home.folder() + "."
                    : "Altiplano is down.");
        }
    }

    private static List<ManagedProcess> stop(Home home, Terminal terminal) {
        return home.whileLocked(terminal, () -> {
            var table = new ProcessTable(home);
            List<ManagedProcess> alive = table.alive();
            new PlatformStop(table, terminal, PlatformStop.PATIENCE).stop(table.all());
            return alive;
        });
    }
}
