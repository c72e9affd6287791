package org.altiplano.engine.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.engine.model.Dtype;

/** A process that imports a checkpoint as {@code m} with little memory, and says what it took. */
final class FrugalImport {

    private FrugalImport() {
    }

    /** @param args store, checkpoint and dtype */
    public static void main(String[] args) throws IOException {
        long start = System.nanoTime();
        new ModelStore(Path.of(args[0])).importModel(new ImportRequest(Path.of(args[1]), "m", Dtype.ofWord(args[2]),
                Optional.empty()), Progress.NONE);
        System.out.println((System.nanoTime() - start) / 1_000_000);
        System.out.println(anonymousBytes());
    }

    /**
     * Milliseconds of the import and bytes of memory at its end that are no pages of files, in a process with this much Java
     * heap and as much direct memory.
     */
    static List<Long> run(Path store, Path checkpoint, Dtype dtype, int megabytes) throws IOException {
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + megabytes + "m",
                "-XX:MaxDirectMemorySize=" + megabytes + "m", "-XX:ActiveProcessorCount=4", "-XX:+ExitOnOutOfMemoryError", "-cp",
                System.getProperty("java.class.path"), FrugalImport.class.getName(), store.toString(), checkpoint.toString(),
                dtype.word());
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        List<Long> said = new ArrayList<>();
        process.inputReader().lines().map(Long::parseLong).forEach(said::add);
        if (said.size() != 2) {
            throw new IOException("The importing process ended after " + said + ".");
        }
        return said;
    }

    private static long anonymousBytes() throws IOException {
        String line = Files.readAllLines(Path.of("/proc/self/status")).stream().filter(each -> each.startsWith("RssAnon"))
                .findFirst().orElseThrow();
        return Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
    }
}
