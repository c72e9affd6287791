package org.altiplano.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.security.access.Operation;
import org.junit.jupiter.api.Test;

/** What the table of security allows can be done in the console. */
class OperationsTest {

    private static final Path SOURCES = Path.of("src");
    private static final Path KNOWN = SOURCES.resolve(Path.of("auth", "access.ts"));
    private static final Pattern QUOTED = Pattern.compile("'([a-z]+(?:-[a-z]+)+)'");

    /** What no page asks whether its user may do, and why. */
    private static final Map<Operation, String> UNASKED = Map.of(
            Operation.SIGN_IN, "comes before anybody is known", Operation.SEE_SESSION, "everybody may", Operation.SIGN_OUT, "everybody may",
            Operation.CHANGE_PASSWORD, "everybody may whose password is kept here", Operation.SEE_SECOND_FACTOR, "everybody may whose password is kept here",
            Operation.SET_SECOND_FACTOR, "everybody may whose password is kept here", Operation.LIST_MODELS, "whoever may use one may list them",
            Operation.TOKENIZE, "for programs", Operation.BACK_UP, "writes a file on the gateway's host that only altiplano backup makes a backup of");

    /** What goes with another operation that is asked for: to stop serving with to serve, one with the list of all, a policy with its gauge. */
    private static final Set<Operation> WITHIN = Set.of(Operation.UNSERVE_MODEL, Operation.SEE_TENANT, Operation.LIST_POLICIES, Operation.SEE_POLICY);

    @Test
    void everyOperationIsOfferedByAPageOrHasItsReasonNotToBe() throws IOException {
        Set<String> offered = words(file -> !file.equals(KNOWN));
        Set<String> missing = Arrays.stream(Operation.values()).filter(operation -> !UNASKED.containsKey(operation) && !WITHIN.contains(operation))
                .map(Operation::word).filter(word -> !offered.contains(word)).collect(Collectors.toCollection(TreeSet::new));
        assertEquals(Set.of(), missing);
    }

    @Test
    void theConsoleAsksForNothingThatTheTableDoesNotKnow() throws IOException {
        Set<String> unknown = words(KNOWN::equals);
        unknown.removeAll(Arrays.stream(Operation.values()).map(Operation::word).toList());
        assertEquals(Set.of(), unknown);
    }

    private static Set<String> words(Predicate<Path> wanted) throws IOException {
        Set<String> words = new TreeSet<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(wanted).filter(each -> each.toString().matches(".*\\.tsx?")).toList()) {
                QUOTED.matcher(Files.readString(file)).results().forEach(found -> words.add(found.group(1)));
            }
        }
        return words;
    }
}
