package org.altiplano.cli;

import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano restore}. */
@Command(name = "restore", description = "Makes a platform that is down what a backup has of it: database, secrets, credentials. What was"
        + " there is set aside, and is put back if the backup is of no use.")
final class RestoreCommand implements Runnable {

    @ParentCommand
    private Altiplano altiplano;

    @Parameters(paramLabel = "FILE", description = "As altiplano backup wrote it.")
    private Path file;

    @Override
    public void run() {
        Home home = altiplano.home();
        Terminal terminal = altiplano.terminal();
        Distribution distribution = Distribution.ofProcess();
        home.create();
        home.whileLocked(terminal, () -> {
            Restored restored = new PlatformRestore(home, distribution, terminal, altiplano.code()).restore(file.toAbsolutePath(), Instant.now());
            terminal.print("The platform is as it was at " + restored.at() + ". Start it by altiplano up.");
            restored.before().ifPresent(folder -> terminal.note("What was there before is in " + folder + "; delete it when you do not need it."));
            restored.fault().ifPresent(terminal::note);
            terminal.note("Keys that were revoked and members who were removed since then are back: revoke and remove them again."
                    + " Models are not in a backup: altiplano up says if one is missing.");
            return restored;
        });
    }
}
