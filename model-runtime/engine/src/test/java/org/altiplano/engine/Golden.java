package org.altiplano.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Checkpoints and answers that independent programs made; see golden/README.md among the test resources. */
public final class Golden {

    private Golden() {
    }

    /**
     * A file or folder of the golden set: of the folder that the system property {@code altiplano.golden} names, else of
     * this suite's subset. A test that asks for what neither has is skipped.
     */
    public static Path path(String path) {
        Path whole = Path.of(System.getProperty("altiplano.golden", ""), path);
        if (!System.getProperty("altiplano.golden", "").isEmpty() && Files.exists(whole)) {
            return whole;
        }
        URL resource = Golden.class.getResource("/golden/" + path);
        Assumptions.assumeTrue(resource != null, path + " is only in the whole golden set (altiplano.golden)");
        try {
            return resource.getProtocol().equals("jar") ? unpacked(resource.toURI(), path) : Path.of(resource.toURI());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Names of what is in a folder of the set, such as {@code tiny}, in order. */
    public static List<String> names(String folder) {
        try (Stream<Path> paths = Files.list(path(folder))) {
            return paths.map(found -> found.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A copy on the disk, for modules that see this one as a jar. */
    private static Path unpacked(URI resource, String path) throws IOException {
        Path folder = Files.createTempDirectory("golden");
        folder.toFile().deleteOnExit();
        Path target = folder.resolve(Path.of(path).getFileName());
        URI jar = URI.create(resource.toString().split("!")[0]);
        try (FileSystem zip = FileSystems.newFileSystem(jar, Map.of()); Stream<Path> entries = Files.walk(zip.getPath("golden/" + path))) {
            for (Path entry : entries.toList()) {
                Path copy = target.resolve(zip.getPath("golden/" + path).relativize(entry).toString());
                Files.copy(entry, copy);
                copy.toFile().deleteOnExit();
            }
        }
        return target;
    }
}
