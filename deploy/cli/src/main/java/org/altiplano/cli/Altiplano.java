package org.altiplano.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code altiplano}. Exit codes: 0 done, 1 failed, 2 wrong usage. */
@Command(name = "altiplano", description = "Runs language models on your own machines behind an OpenAI-compatible API.",
        mixinStandardHelpOptions = true, versionProvider = ProductVersion.class, scope = ScopeType.INHERIT,
        sortOptions = false,
        subcommands = {UpCommand.class, DownCommand.class, StatusCommand.class, LogsCommand.class, ModelsCommand.class,
                KeysCommand.class, AuditCommand.class, SecretsCommand.class, BackupCommand.class,
                RestoreCommand.class, ChatCommand.class})
public final class Altiplano {

    @Option(names = "--home", paramLabel = "DIR", scope = ScopeType.INHERIT,
            defaultValue = "${env:ALTIPLANO_HOME:-${sys:user.home}/.altiplano}",
            description = "Where models, database, secrets and logs are kept (default: $$ALTIPLANO_HOME or ~/.altiplano).")
    private Path home;

    @Option(names = "--code", paramLabel = "CODE", scope = ScopeType.INHERIT,
            description = "Of the second factor of the administrator in credentials.json, if it has one; without this option it is asked for"
                    + " at the terminal.")
    private Optional<String> code = Optional.empty();

    private final Terminal terminal;

    private Altiplano(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        System.exit(run(Terminal.ofProcess(), arguments));
    }

    static int run(Terminal terminal, String... arguments) {
        var commandLine = new CommandLine(new Altiplano(terminal));
        commandLine.setOut(new PrintWriter(terminal.out(), true));
        commandLine.setErr(new PrintWriter(terminal.err(), true));
        commandLine.setUsageHelpWidth(terminal.helpColumns());
        commandLine.setColorScheme(CommandLine.Help.defaultColorScheme(
                terminal.colour() ? CommandLine.Help.Ansi.ON : CommandLine.Help.Ansi.OFF));
        commandLine.setExecutionExceptionHandler((failure, command, parsed) -> {
            terminal.complain(failure instanceof CommandFailure ? failure.getMessage()
                    : "unexpected " + failure.getClass().getSimpleName()
                    + Optional.ofNullable(failure.getMessage()).map(message -> ": " + message).orElse(""));
            return CommandLine.ExitCode.SOFTWARE;
        });
        return commandLine.execute(arguments);
    }

    Terminal terminal() {
        return terminal;
    }

    Home home() {
        return new Home(home);
    }

    /** Of the platform that runs in the home. */
    GatewayClient gateway() {
        return GatewayClient.of(home(), code());
    }

    /** Says the code of the administrator's second factor when it is needed. */
    Supplier<Optional<String>> code() {
        return () -> code.or(() -> terminal.ask("Code of the second factor: "));
    }
}
