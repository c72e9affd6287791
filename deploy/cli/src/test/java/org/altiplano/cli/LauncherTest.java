package org.altiplano.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in a checkout whose tools are small scripts: when it builds, and what it says when it cannot. */
class LauncherTest {

    private static final List<String> BASICS = List.of("sed", "head", "tail", "tr", "awk", "find", "cat",
            "mkdir", "flock", "sleep", "dirname", "readlink", "grep", "touch", "stty", "wc");

    @TempDir
    private Path folder;

    private Path checkout;
    private Path tools;
    private Path launcher;

    @BeforeEach
    void laysOutACheckout() throws Exception {
        checkout = Files.createDirectories(folder.resolve("check out"));
        Files.writeString(checkout.resolve("pom.xml"), "<project/>");
        launcher = Files.createDirectories(checkout.resolve("deploy/bin")).resolve("altiplano");
        Files.copy(Path.of("../bin/altiplano"), launcher);
        tools = Files.createDirectories(folder.resolve("tools"));
        for (String basic : BASICS) {
            tool(basic, "PATH=/usr/bin:/bin exec " + basic + " \"$@\"");
        }
        tool("java", """
                if [ "$1" = -version ]; then echo 'openjdk version "17.0.1" 2021-10-19' >&2; else echo "ran: $*"; fi""");
        tool("javac", "exit 0");
        tool("node", "echo v20.1.0");
        tool("npm", "exit 0");
        tool("mvn", """
                echo build >>"%s/builds"
                echo '[INFO] Building grid 0.1.0-SNAPSHOT                        [1/2]'
                mkdir -p deploy/distribution/target/altiplano/lib/cli
                touch deploy/distribution/target/altiplano/built""".formatted(folder));
    }

    @Test
    void theFirstCommandBuildsAndLaterOnesDoNot() throws Exception {
        assertTrue(run("status").out().contains("org.altiplano.cli.Altiplano status"));
        assertEquals(0, run("status").status());
        assertEquals(1, builds());
    }

    @Test
    void upBuildsAgainWhenASourceIsNewerAndOtherCommandsDoNot() throws Exception {
        run("status");
        setAge("deploy/distribution/target/altiplano/built", 60);
        Files.writeString(Files.createDirectories(checkout.resolve("cluster/grid/src/main")).resolve("New.java"), "");
        run("down");
        assertEquals(1, builds());
        run("up", "--workers", "2");
        assertEquals(2, builds());
        run("up");
        assertEquals(2, builds());
    }

    @Test
    void newTestsAndBuildResultsAreNoReasonToBuild() throws Exception {
        run("status");
        for (String place : List.of("cluster/grid/src/test/java", "cluster/grid/target", "admin-console/node_modules")) {
            Files.writeString(Files.createDirectories(checkout.resolve(place)).resolve("New.java"), "");
        }
        setAge("pom.xml", 60);
        setAge("deploy/bin/altiplano", 60);
        setAge("deploy/distribution/target/altiplano/built", 30);
        run("up");
        assertEquals(1, builds());
    }

    @Test
    void aKeycloakIsBuiltInOnceItIsAskedFor() throws Exception {
        tool("mvn", """
                echo "$*" >>"%s/builds"
                mkdir -p deploy/distribution/target/altiplano/lib/cli deploy/distribution/target/altiplano/keycloak
                case "$*" in *-Pkeycloak*) touch deploy/distribution/target/altiplano/keycloak/built ;; esac
                touch deploy/distribution/target/altiplano/built""".formatted(folder));
        run("up", "--identity", "embedded");
        assertFalse(Files.readString(folder.resolve("builds")).contains("-Pkeycloak"));
        assertEquals(0, run("up", "--identity", "keycloak").status());
        assertEquals(0, run("up", "--identity=keycloak").status());
        assertEquals(2, builds());
        assertTrue(Files.readAllLines(folder.resolve("builds")).get(1).contains("-Pkeycloak"));
    }

    @Test
    void aMissingToolIsNamed() throws Exception {
        for (String tool : List.of("mvn", "node", "npm", "javac", "java")) {
            Path moved = Files.move(tools.resolve(tool), folder.resolve(tool));
            Outcome outcome = run("up");
            assertEquals(1, outcome.status());
            assertTrue(outcome.err().contains("altiplano: ") && outcome.err().contains(tool.equals("java") ? "Java" : tool),
                    outcome.err());
            Files.move(moved, tools.resolve(tool));
        }
    }

    @Test
    void anOldJavaOrNodeIsRefused() throws Exception {
        tool("node", "echo v18.2.0");
        assertTrue(run("up").err().contains("Node is version 18"));
        tool("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");
        assertTrue(run("up").err().contains("is version 11: Altiplano needs Java 17"));
    }

    @Test
    void theEndOfAFailedBuildIsShown() throws Exception {
        tool("mvn", "echo '[ERROR] Grid.java:[3,1] expected'; exit 1");
        Outcome outcome = run("up");
        assertEquals(1, outcome.status());
        assertTrue(outcome.err().contains("Grid.java:[3,1] expected"), outcome.err());
        assertTrue(outcome.err().contains("altiplano: The build failed after"), outcome.err());
    }

    @Test
    void twoCommandsAtOnceBuildOnce() throws Exception {
        tool("mvn", """
                echo build >>"%s/builds"
                sleep 1
                mkdir -p deploy/distribution/target/altiplano/lib/cli
                touch deploy/distribution/target/altiplano/built""".formatted(folder));
        Process first = start("status");
        Process second = start("status");
        assertEquals(0, outcome(first).status());
        assertEquals(0, outcome(second).status());
        assertEquals(1, builds());
    }

    @Test
    void theBuildOfACommandThatWasKilledIsWaitedForAndNotBegunAgainBesideIt() throws Exception {
        tool("mvn", """
                echo build >>"%1$s/builds"
                until [ -e "%1$s/waited for" ]; do sleep 0.1; done
                mkdir -p deploy/distribution/target/altiplano/lib/cli
                touch deploy/distribution/target/altiplano/built""".formatted(folder));
        Process killed = start("status");
        while (!Files.exists(folder.resolve("builds"))) {
            Thread.sleep(20);
        }
        killed.destroyForcibly().waitFor();
        Process next = start("status");
        String told = next.errorReader().readLine();
        Files.createFile(folder.resolve("waited for"));
        assertTrue(told.contains("Another build of this checkout is under way"), told);
        assertEquals(0, outcome(next).status());
        assertEquals(1, builds());
    }

    @Test
    void aSymbolicLinkLeadsToTheCheckout() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("a link"), launcher);
        launcher = link;
        assertEquals(0, run("status").status());
    }

    @Test
    void anythingElseIsRefused() throws Exception {
        Files.delete(checkout.resolve("pom.xml"));
        assertTrue(run("status").err().contains("neither in a distribution nor in a source checkout"));
    }

    private record Outcome(int status, String out, String err) {
    }

    private Outcome run(String... words) throws Exception {
        return outcome(start(words));
    }

    private Process start(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/bash", launcher.toString()));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command);
        builder.environment().put("PATH", tools.toString());
        builder.environment().remove("JAVA_HOME");
        return builder.start();
    }

    private static Outcome outcome(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes());
        String err = new String(process.getErrorStream().readAllBytes());
        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
        return new Outcome(process.exitValue(), out, err);
    }

    private int builds() throws IOException {
        return Files.readAllLines(folder.resolve("builds")).size();
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.writeString(tools.resolve(name), "#!/bin/bash\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void setAge(String path, int seconds) throws IOException {
        Files.setLastModifiedTime(checkout.resolve(path), FileTime.from(Instant.now().minusSeconds(seconds)));
    }
}
