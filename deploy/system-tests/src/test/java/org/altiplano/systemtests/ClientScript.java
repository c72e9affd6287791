package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs that are not Java's, with the packages that they need. Owns nothing. */
final class ClientScript {

    static final Path CLIENTS = Path.of(System.getProperty("altiplano.clients"));
    static final Path WORK = Path.of(System.getProperty("altiplano.work"));

    private ClientScript() {
    }

    /** The folder of the packages that {@code clients/NAME/requirements.txt} names, installed where they are not yet. */
    static Path python(String name) throws IOException, InterruptedException {
        Path requirements = CLIENTS.resolve(name).resolve("requirements.txt");
        Path packages = WORK.resolve(name);
        Path installed = packages.resolve("requirements.txt");
        if (!Files.exists(installed) || Files.mismatch(requirements, installed) >= 0) {
            run(WORK, Map.of(), 240, "python3", "-m", "pip", "install", "--quiet", "--upgrade", "--target", packages.toString(), "--requirement",
                    requirements.toString());
            Files.copy(requirements, installed);
        }
        return packages;
    }

    /** What a command printed that had to succeed. */
    static String run(Path folder, Map<String, String> environment, long seconds, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(WORK, "client", ".txt");
        var builder = new ProcessBuilder(List.of(command)).directory(folder.toFile()).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(seconds, TimeUnit.SECONDS);
        process.destroyForcibly();
        String said = Files.readString(output);
        Files.delete(output);
        assertEquals(0, ended ? process.exitValue() : -1, () -> String.join(" ", command) + "\n" + said);
        return said;
    }
}
