package org.altiplano.security.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.security.identity.Caller;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class AccessTest {

    /** Every cell of the documented table, which is written by hand, against the code. */
    @TestFactory
    Stream<DynamicTest> theDocumentedTableIsTheCodes() throws IOException {
        List<List<String>> rows = documented();
        List<String> roles = rows.get(0).subList(1, rows.get(0).size());
        assertEquals(Arrays.stream(Role.values()).map(Role::word).toList(), roles);
        List<String> operations = rows.stream().skip(1).map(row -> row.get(0)).toList();
        assertEquals(Arrays.stream(Operation.values()).map(Operation::word).toList(), operations);
        return Arrays.stream(Operation.values()).flatMap(operation -> Arrays.stream(Role.values()).map(role ->
                DynamicTest.dynamicTest(role.word() + ", " + operation.word(), () -> assertEquals(
                        rows.get(1 + operation.ordinal()).get(1 + role.ordinal()), word(Access.reach(role, operation))))));
    }

    @Test
    void severalRolesReachAsFarAsTheFarthest() {
        for (Operation operation : Operation.values()) {
            assertEquals(Reach.NONE, Access.reach(Set.of(), operation));
            for (Role one : Role.values()) {
                for (Role other : Role.values()) {
                    Reach farthest = Stream.of(Access.reach(one, operation), Access.reach(other, operation)).max(Reach::compareTo).orElseThrow();
                    assertEquals(farthest, Access.reach(List.of(one, other), operation));
                }
            }
        }
    }

    @Test
    void onlyAPlatformAdministratorReachesOtherTenants() {
        for (Role role : Role.values()) {
            for (Operation operation : Operation.values()) {
                boolean foreign = caller(role, Optional.empty()).reaches(operation, "globex", "ada");
                assertEquals(Access.reach(role, operation) == Reach.PLATFORM, foreign, role + " " + operation);
                assertTrue(!foreign || role == Role.PLATFORM_ADMIN, role + " " + operation);
            }
        }
    }

    @Test
    void aPlatformAdministratorReadsNobodysConversations() {
        assertFalse(caller(Role.PLATFORM_ADMIN, Optional.empty()).may(Operation.CREATE_COMPLETION));
    }

    @Test
    void noScopeReachesTheAdministration() {
        Set<Operation> covered = Arrays.stream(Operation.values())
                .filter(operation -> caller(Role.PLATFORM_ADMIN, Optional.of(Set.of(Scope.values()))).may(operation)
                        || caller(Role.TENANT_ADMIN, Optional.of(Set.of(Scope.values()))).may(operation))
                .collect(Collectors.toSet());
        assertEquals(Set.of(Operation.CREATE_COMPLETION, Operation.TOKENIZE, Operation.LIST_MODELS, Operation.SEE_OWN_USAGE), covered);
    }

    @Test
    void aScopeNarrowsWhatTheRoleMay() {
        Caller monitor = caller(Role.DEVELOPER, Optional.of(Set.of(Scope.MODELS)));
        assertTrue(monitor.may(Operation.LIST_MODELS));
        assertFalse(monitor.may(Operation.CREATE_COMPLETION));
        assertFalse(caller(Role.DEVELOPER, Optional.of(Set.of())).may(Operation.LIST_MODELS));
    }

    private static Caller caller(Role role, Optional<Set<Scope>> scopes) {
        return new Caller("acme", "ada", Optional.empty(), Caller.Origin.SESSION, Set.of(role), scopes, Optional.empty());
    }

    private static String word(Reach reach) {
        return reach == Reach.NONE ? "-" : reach.name().toLowerCase(Locale.ROOT);
    }

    /** The heading and the rows of the README's table of roles. */
    private static List<List<String>> documented() throws IOException {
        return Files.readAllLines(Path.of("README.md")).stream().dropWhile(line -> !line.startsWith("| operation |"))
                .takeWhile(line -> line.startsWith("|")).filter(line -> !line.startsWith("|---"))
                .map(line -> Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList()).toList();
    }
}
