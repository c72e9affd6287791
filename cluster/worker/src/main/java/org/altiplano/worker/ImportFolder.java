package org.altiplano.worker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.altiplano.contract.Failure;
import org.altiplano.contract.FailureException;

/**
 * The one folder of this machine from which checkpoints may be taken for whoever asks over the network. Owns nothing; any thread.
 *
 * @param folder need not exist
 */
record ImportFolder(Path folder) {

    /** More than any checkpoint has. */
    private static final int MOST_FILES = 10_000;

    /**
     * The checkpoint at a path within this folder.
     *
     * @throws FailureException INVALID_PARAMETER, with a sentence, for a path that leads out of it, also by a link or for one of its
     *         files, or to nothing
     */
    Path checkpoint(String within) {
        try {
            Path root = folder.toRealPath();
            Path named = root.resolve(within).normalize();
            if (within.isBlank() || named.equals(root) || !named.startsWith(root)) {
                throw refused("'" + within + "' does not lead to anything in the import folder.");
            }
            Path checkpoint = named.toRealPath();
            if (!checkpoint.startsWith(root)) {
                throw refused("'" + within + "' leads out of the import folder.");
            }
            Optional<Path> stray = stray(checkpoint, root);
            if (stray.isPresent()) {
                throw refused("'" + within + "' holds a link that leads out of the import folder, or what is no file: "
                        + root.relativize(stray.get()) + ".");
            }
            return checkpoint;
        } catch (InvalidPathException wrong) {
            throw refused("'" + within + "' is no path.");
        } catch (IOException | UncheckedIOException missing) {
            throw refused("There is no '" + within + "' that can be read in the import folder " + folder + " of this worker.");
        }
    }

    /** A file that a link leads out to, or that is none, such as a pipe. */
    private static Optional<Path> stray(Path checkpoint, Path root) throws IOException {
        try (Stream<Path> paths = Files.walk(checkpoint)) {
            List<Path> files = paths.limit(MOST_FILES + 1L).toList();
            if (files.size() > MOST_FILES) {
                throw refused("'" + root.relativize(checkpoint) + "' holds more than " + MOST_FILES + " files: name the checkpoint's own folder.");
            }
            // Meta's folders may have their tokenizer above them.
            Stream<Path> above = Stream.of(checkpoint.resolveSibling("tokenizer.model")).filter(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
            return Stream.concat(files.stream(), above).filter(path -> !isWithin(path, root)).findFirst();
        }
    }

    private static boolean isWithin(Path path, Path root) {
        try {
            Path real = path.toRealPath();
            return real.startsWith(root) && (Files.isRegularFile(real) || Files.isDirectory(real));
        } catch (IOException gone) {
            return false;
        }
    }

    private static FailureException refused(String sentence) {
        return new FailureException(Failure.Code.INVALID_PARAMETER, sentence);
    }
}
