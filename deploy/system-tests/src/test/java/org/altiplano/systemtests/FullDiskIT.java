package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A home on a disk that is full: a small file system of memory that only the command sees, so that it is gone after it. */
class FullDiskIT {

    private Platform platform;
    private String model;

    @BeforeEach
    void needsAFileSystemOfItsOwn() throws Exception {
        model = SmolLm2.gguf().toString();
        boolean mounts = new ProcessBuilder("bash", "-c", "unshare --user --map-root-user --mount mount -t tmpfs tmpfs /mnt")
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        assumeTrue(mounts, "This machine lets its users mount nothing (unshare --user --mount): no full disk can be made.");
        platform = Platform.named("full-disk");
    }

    @AfterEach
    void endsEverything() {
        if (platform != null) {
            platform.close();
        }
    }

    @Test
    void eachCommandSaysThatTheDiskIsFullAndTheNextUpWorks() {
        refuses(onADiskOf(100, "up", "--http-port", "0"), "The disk of " + platform.home() + " is full: ");
        refuses(onADiskOf(250, "models", "pull", Platform.CHAT_MODEL), "but only 250 MiB are free.");
        refuses(platform.runUnder("ulimit -f 40000", "models", "import", model, "--name", Platform.CHAT_MODEL),
                "Model " + Platform.CHAT_MODEL + " cannot be stored: ");
        assertFalse(platform.must("status", "--json").json().path("running").asBoolean());
        assertFalse(platform.must("models", "list").out().contains("stored"));

        platform.must("models", "import", model, "--name", Platform.CHAT_MODEL);
        platform.must("up", "--http-port", "0");
        platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 4)).ok();
    }

    private Platform.Outcome onADiskOf(int mebibytes, String... words) {
        return platform.runUnder("mount -t tmpfs -o size=" + mebibytes + "m tmpfs '" + platform.home() + "'", words);
    }

    private static void refuses(Platform.Outcome outcome, String sentence) {
        assertEquals(1, outcome.status(), outcome.err());
        assertTrue(outcome.err().contains(sentence), outcome.err());
    }
}
