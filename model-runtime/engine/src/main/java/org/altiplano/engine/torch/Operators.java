package org.altiplano.engine.torch;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Owns the libraries of our own operators in this process: resources of this jar, written in C ({@code src/main/c}), each for a
 * kind of CPU and with a namespace of its own. A program that was loaded after its namespace calls {@code ops.NAMESPACE.x}.
 */
public final class Operators {

    private static final Set<String> LOADED = new HashSet<>();

    private Operators() {
    }

    /** Makes a namespace's operators known to libtorch, once; never unloaded. */
    public static void load(String namespace) {
        synchronized (LOADED) {
            if (LOADED.contains(namespace)) {
                return;
            }
            TorchRuntime.enter(); // libtorch must be there before what is linked against it
            String name = "lib" + namespace + ".so";
            try (InputStream in = Operators.class.getResourceAsStream(name)) {
                if (in == null) {
                    throw new IllegalStateException("Missing resource " + name + " beside " + Operators.class.getName());
                }
                Path copy = Files.createTempFile("altiplano-", "-" + name);
                try {
                    Files.write(copy, in.readAllBytes());
                    System.load(copy.toString());
                } finally {
                    Files.delete(copy); // the mapping stays
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LOADED.add(namespace);
        }
    }
}
