package org.altiplano.engine.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.altiplano.engine.model.weights.TensorRows;
import org.altiplano.engine.model.weights.TorchFile;

/** Owns the open shards of a checkpoint of Meta's, as many as model parallelism cut it into; used by one thread. */
final class MetaShards implements Closeable {

    private static final Pattern NAME = Pattern.compile("consolidated\\.(\\d{2,4})\\.pth");

    private final List<TorchFile> shards = new ArrayList<>();

    private MetaShards() {
    }

    /** Whether a folder holds any. */
    static boolean areIn(Path folder) throws IOException {
        return !files(folder).isEmpty();
    }

    /** Opens the shards of a folder, which must be numbered without a gap and hold parts of the same tensors. */
    static MetaShards open(Path folder) throws IOException {
        MetaShards shards = new MetaShards();
        try {
            shards.openAll(folder);
            return shards;
        } catch (IOException | RuntimeException | Error e) {
            shards.close();
            throw e;
        }
    }

    /** Names of the tensors, as in the files. */
    Set<String> names() {
        return shards.get(0).names();
    }

    /** The first, for messages. */
    Path first() {
        return shards.get(0).file();
    }

    /** The parts of a tensor, in the order of the shards. */
    List<TensorRows> parts(String name) throws IOException {
        List<TensorRows> parts = new ArrayList<>();
        for (TorchFile shard : shards) {
            parts.add(shard.tensor(name));
        }
        return parts;
    }

    /** First dimensions of a tensor's parts, without mapping them. */
    List<Long> heights(String name) {
        return shards.stream().map(shard -> shard.shape(name)).map(shape -> shape.length == 0 ? 0 : shape[0]).toList();
    }

    /** A tensor that every shard holds whole. Shards in which it differs were not cut from one model. */
    TensorRows whole(String name) throws IOException {
        List<TensorRows> parts = parts(name);
        TensorRows first = parts.get(0);
        for (TensorRows part : parts) {
            if (part.format() != first.format() || !Arrays.equals(part.shape(), first.shape()) || !encoded(part).equals(encoded(first))) {
                throw new IOException(part.place() + " differs from " + first.place() + ", so the shards are not of one model.");
            }
        }
        return first;
    }

    @Override
    public void close() throws IOException {
        for (TorchFile shard : shards) {
            shard.close();
        }
    }

    private static Map<Integer, Path> files(Path folder) throws IOException {
        Map<Integer, Path> files = new TreeMap<>();
        try (DirectoryStream<Path> paths = Files.newDirectoryStream(folder)) {
            for (Path path : paths) {
                Matcher name = NAME.matcher(path.getFileName().toString());
                if (name.matches()) {
                    files.put(Integer.parseInt(name.group(1)), path);
                }
            }
        }
        return files;
    }

    private void openAll(Path folder) throws IOException {
        for (Map.Entry<Integer, Path> file : files(folder).entrySet()) {
            if (file.getKey() != shards.size()) {
                throw new IOException(String.format("%s: the shard before it, consolidated.%02d.pth, is missing.",
                        file.getValue(), shards.size()));
            }
            shards.add(TorchFile.open(file.getValue()));
        }
        if (shards.isEmpty()) {
            throw new IOException(folder + " holds no consolidated.00.pth.");
        }
        for (TorchFile shard : shards) {
            checkSame(names(), shard);
        }
    }

    private static void checkSame(Set<String> first, TorchFile shard) throws IOException {
        Set<String> lacking = new TreeSet<>(first);
        lacking.removeAll(shard.names());
        Set<String> surplus = new TreeSet<>(shard.names());
        surplus.removeAll(first);
        if (!lacking.isEmpty()) {
            throw new IOException(shard.file() + ": tensor " + lacking.iterator().next() + " of the first shard is missing.");
        }
        if (!surplus.isEmpty()) {
            throw new IOException(shard.file() + ": tensor " + surplus.iterator().next() + " is not in the first shard.");
        }
    }

    /** The first row, which is all of a vector. */
    private static ByteBuffer encoded(TensorRows vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.rowBytes());
        vector.copy(0, bytes);
        return bytes.flip();
    }
}
