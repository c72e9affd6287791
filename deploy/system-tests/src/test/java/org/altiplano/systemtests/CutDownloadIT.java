package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.altiplano.contract.Eventually;
import org.altiplano.engine.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A download whose command is killed: what was there stays as it was, and the next one goes on. */
class CutDownloadIT {

    private static final int HALF = 100_000;

    @TempDir
    private Path folder;

    @Test
    void aPullThatWasKilledHalfWayGoesOnWhereItStopped() throws Exception {
        Platform platform = Platform.named("cut-download");
        platform.must("models", "import", Golden.path("gguf/gqa-Q4_0.gguf").toString(), "--name", "another");
        Path checkpoint = folder.resolve("checkpoint");
        platform.must("models", "export", "another", checkpoint.toString());
        String before = platform.must("models", "list", "--json").out();
        try (StandInHub hub = StandInHub.open(checkpoint, folder)) {
            Map<String, String> towardsHub = Map.of("JAVA_TOOL_OPTIONS", hub.javaOptions());
            hub.stallAfter(HALF);
            Process pull = platform.start(towardsHub, "models", "pull", Platform.CHAT_MODEL);
            Eventually.holds("half a download", Duration.ofSeconds(60), () -> hub.hasStalled());
            Eventually.holds("its bytes on the disk", () -> onDisk(platform) >= HALF / 2);
            assertTrue(pull.destroyForcibly().waitFor(60, TimeUnit.SECONDS));
            assertEquals(before, platform.must("models", "list", "--json").out());

            hub.goOn();
            Platform.Outcome again = platform.finished(platform.start(towardsHub, "models", "pull", Platform.CHAT_MODEL));
            assertEquals(0, again.status(), again.err());
            assertTrue(hub.requests().stream().anyMatch(request -> request.matches("model\\.safetensors from [1-9].*")),
                    hub.requests().toString());
        }
        assertTrue(platform.must("models", "list", "--json").out().contains("\"" + Platform.CHAT_MODEL + "\""));
        assertFalse(Files.exists(platform.home().resolve("models/.download-" + Platform.CHAT_MODEL)), "the download was left behind");
    }

    private static long onDisk(Platform platform) {
        try (var files = Files.walk(platform.home().resolve("models"))) {
            return files.filter(file -> file.toString().endsWith(".part")).mapToLong(file -> file.toFile().length()).sum();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }
}
