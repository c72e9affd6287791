package org.altiplano.security.secrets;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Where an installation's secrets are: each in a variable of the environment, as orchestrators give them, else in a file.
 * Owns nothing; any thread.
 *
 * @param folder of the files
 * @param environment of the process
 */
public record SecretStore(Path folder, Map<String, String> environment) {

    public Path file(Secret secret) {
        return folder.resolve(secret.word());
    }

    /** Whether the environment has it, so that its file, if there is one, is not looked at. */
    public boolean isInEnvironment(Secret secret) {
        return variable(secret).isPresent();
    }

    public boolean exists(Secret secret) {
        return isInEnvironment(secret) || Files.exists(file(secret));
    }

    /** For people: where the secret is, or should be. */
    public String place(Secret secret) {
        return isInEnvironment(secret) ? "The variable " + secret.variable() : "The file " + file(secret);
    }

    /**
     * The lines that are not empty; in a variable a comma ends a line too.
     *
     * @throws IOException if there is no such secret; the message is for the operator
     */
    public List<String> lines(Secret secret) throws IOException {
        if (!exists(secret)) {
            throw new IOException(place(secret) + " is missing: " + secret.use() + ". 'altiplano up' makes it at the first start; later only a copy"
                    + " of the first one will do.");
        }
        Optional<String> variable = variable(secret);
        Stream<String> text = variable.isPresent() ? Arrays.stream(variable.get().split("[,\\r\\n]"))
                : Files.readAllLines(file(secret), StandardCharsets.US_ASCII).stream();
        List<String> lines = text.map(String::strip).filter(line -> !line.isEmpty()).toList();
        if (lines.isEmpty()) {
            throw new IOException(place(secret) + " is empty: " + secret.use() + ".");
        }
        return lines;
    }

    /**
     * The secret as what it is used as.
     *
     * @param parse throws {@link IllegalArgumentException} if the lines are wrong
     * @throws IOException if there is no such secret or it is damaged; the message is for the operator and tells nothing of it
     */
    public <T> T read(Secret secret, Function<List<String>, T> parse) throws IOException {
        List<String> lines = lines(secret);
        try {
            return parse.apply(lines);
        } catch (IllegalArgumentException damaged) {
            throw new IOException(place(secret) + " is damaged: " + secret.use() + ", but it is none of that kind.");
        }
    }

    private Optional<String> variable(Secret secret) {
        return Optional.ofNullable(environment.get(secret.variable())).filter(value -> !value.isBlank());
    }
}
