package org.altiplano.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code altiplano logs}. */
@Command(name = "logs", description = "Shows what the processes wrote.")
final class LogsCommand implements Runnable {

    private static final int LINES = 200;

    @ParentCommand
    private Altiplano altiplano;

    @Option(names = {"-f", "--follow"}, description = "Go on until Ctrl-C.")
    private boolean follow;

    @Parameters(arity = "0..1", paramLabel = "PROCESS", description = "gateway, keycloak, worker-1... (default: all).")
    private Optional<String> process = Optional.empty();

    @Override
    public void run() {
        List<String> names = process.map(this::checked).orElseGet(this::names);
        if (names.isEmpty()) {
            throw new CommandFailure("There are no logs in " + altiplano.home().logs() + " yet.");
        }
        List<LogTail> tails = new ArrayList<>();
        for (String name : names) {
            var tail = new LogTail(altiplano.home().log(name));
            head(name, names);
            tail.last(LINES).forEach(altiplano.terminal()::print);
            tails.add(tail);
        }
        while (follow) {
            for (int index = 0; index < names.size(); index++) {
                String news = tails.get(index).news();
                if (!news.isEmpty()) {
                    head(names.get(index), names);
                    altiplano.terminal().printPart(news);
                }
            }
            Pause.brief();
        }
    }

    private void head(String name, List<String> names) {
        if (names.size() > 1) {
            altiplano.terminal().print("==> " + name + " <==");
        }
    }

    private List<String> checked(String name) {
        if (!names().contains(name)) {
            throw new CommandFailure("There is no log of " + name + "; there are: " + String.join(", ", names()));
        }
        return List.of(name);
    }

    private List<String> names() {
        if (!Files.isDirectory(altiplano.home().logs())) {
            return List.of();
        }
        try (Stream<Path> logs = Files.list(altiplano.home().logs())) {
            return logs.map(log -> log.getFileName().toString()).filter(name -> name.matches("(gateway|keycloak|worker-\\d+)\\.log"))
                    .map(name -> name.substring(0, name.length() - ".log".length())).sorted().toList();
        } catch (IOException failure) {
            throw new CommandFailure("Cannot read " + altiplano.home().logs() + ": " + failure.getMessage(), failure);
        }
    }
}
