package org.altiplano.engine.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.altiplano.engine.model.weights.SafetensorsFile;
import org.altiplano.engine.model.weights.SafetensorsWriter;
import org.altiplano.engine.model.weights.StoredBytes;
import org.altiplano.engine.torch.NativeScope;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the open file in which a model's matrices are kept as kernels read them, so that they are packed once in the life of a
 * stored model; any thread may read, one closes. A file is written under another name first: there is a whole one or none.
 */
final class PackedFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PackedFile.class);
    private static final List<String> PARTS = List.of("qkv", "o", "gate_up", "down");
    private static final String HEAD = "head";
    private static final Pattern VERSIONED = Pattern.compile("(packed-.+)-([0-9]{1,6})\\.safetensors");

    private final SafetensorsFile file;

    private PackedFile(SafetensorsFile file) {
        this.file = file;
    }

    /** The file, if it is there and holds the matrices of so many layers. */
    static Optional<PackedFile> open(Path path, int layers) {
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            SafetensorsFile file = SafetensorsFile.open(path);
            if (file.names().containsAll(names(layers))) {
                return Optional.of(new PackedFile(file));
            }
            file.close();
            LOG.warn("{} lacks matrices; they are packed again.", path);
        } catch (IOException e) {
            LOG.warn("{} cannot be used; the weights are packed again. {}", path, e.getMessage());
        }
        return Optional.empty();
    }

    /** q|k|v, o, gate|up and down of a layer. */
    List<StoredBytes> layer(int layer) {
        return PARTS.stream().map(part -> file.bytes(name(layer, part))).toList();
    }

    /** The output projection. */
    StoredBytes head() {
        return file.bytes(HEAD);
    }

    @Override
    public void close() {
        file.close();
    }

    private static String name(int layer, String part) {
        return "layers." + layer + "." + part;
    }

    private static List<String> names(int layers) {
        return Stream.concat(IntStream.range(0, layers).boxed().flatMap(layer -> PARTS.stream().map(part -> name(layer, part))),
                Stream.of(HEAD)).toList();
    }

    /**
     * Writes the file beside its place and moves it there. A model is served whether or not this succeeds: a failure is told in
     * the log.
     *
     * @param matrices of each layer, then the head, each in memory that is there until the scope ends; CancellationException ends the
     *     writing
     */
    static void write(Path path, int layers, BiFunction<NativeScope, Integer, ByteBuffer> matrices) {
        Path unfinished = path.resolveSibling(path.getFileName() + "." + ProcessHandle.current().pid());
        List<String> names = names(layers);
        try {
            discardLeftBehind(path);
            try (SafetensorsWriter writer = new SafetensorsWriter(unfinished, names)) {
                for (int i = 0; i < names.size(); i++) {
                    try (NativeScope scope = new NativeScope()) {
                        ByteBuffer bytes = matrices.apply(scope, i);
                        writer.beginBytes(names.get(i), bytes.remaining());
                        writer.write(bytes);
                    }
                }
                writer.finish();
            }
            Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
            LOG.info("The packed weights are kept in {}.", path);
            discardEarlier(path);
        } catch (CancellationException e) {
            LOG.info("The model went before its packed weights were kept; they are packed again the next time.");
            discard(unfinished);
        } catch (IOException | RuntimeException e) {
            LOG.warn("The packed weights could not be kept in {}: the next start packs them again. {}", path, e.toString());
            discard(unfinished);
        }
    }

    /** What processes were writing that ended before they had finished. */
    private static void discardLeftBehind(Path path) throws IOException {
        String beginning = path.getFileName() + ".";
        List<Path> unfinished;
        try (Stream<Path> files = Files.list(path.getParent())) {
            unfinished = files.filter(file -> file.getFileName().toString().startsWith(beginning)).toList();
        }
        for (Path file : unfinished) {
            String writer = file.getFileName().toString().substring(beginning.length());
            long own = ProcessHandle.current().pid();
            if (writer.matches("[0-9]{1,18}") && (Long.parseLong(writer) == own || ProcessHandle.of(Long.parseLong(writer)).isEmpty())) {
                discard(file);
            }
        }
    }

    /** The same form in versions before this one, which nobody reads any more. */
    private static void discardEarlier(Path path) throws IOException {
        Matcher own = VERSIONED.matcher(path.getFileName().toString());
        if (!own.matches()) {
            return;
        }
        List<Path> earlier;
        try (Stream<Path> files = Files.list(path.getParent())) {
            earlier = files.filter(file -> {
                Matcher other = VERSIONED.matcher(file.getFileName().toString());
                return other.matches() && other.group(1).equals(own.group(1)) && Integer.parseInt(other.group(2)) < Integer.parseInt(own.group(2));
            }).toList();
        }
        earlier.forEach(PackedFile::discard);
    }

    private static void discard(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("{} is left behind: {}", file, e.toString());
        }
    }
}
