package org.altiplano.engine.torch;

import java.io.IOException;
import java.io.InputStream;
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
    /** Guarded by {@link #LOADED}. */
    private static Path folder = Path.of(System.getProperty("java.io.tmpdir"));

    private Operators() {
    }

    /**
     * Says where the libraries lie for the moment of being loaded, since they cannot be loaded out of a jar: the system's folder
     * for temporary files unless this is called, which hardened machines do not let anything be executed from.
     */
    public static void stageIn(Path place) {
        synchronized (LOADED) {
            folder = place;
        }
    }

    /**
     * Makes a namespace's operators known to libtorch, once; never unloaded.
     *
     * @throws IllegalStateException if that cannot be; the message is for the operator
     */
    public static void load(String namespace) {
        synchronized (LOADED) {
            if (LOADED.contains(namespace)) {
                return;
            }
            TorchRuntime.enter(); // libtorch must be there before what is linked against it
            load(namespace, folder);
            LOADED.add(namespace);
        }
    }

    static void load(String namespace, Path folder) {
        String name = "lib" + namespace + ".so";
        try (InputStream in = Operators.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("Missing resource " + name + " beside " + Operators.class.getName());
            }
            Files.createDirectories(folder);
            Path copy = Files.createTempFile(folder, "altiplano-", "-" + name);
            try {
                Files.write(copy, in.readAllBytes());
                System.load(copy.toString());
            } finally {
                Files.delete(copy); // the mapping stays
            }
        } catch (IOException e) {
            throw new IllegalStateException("The operators " + name + " cannot be copied to " + folder + ": " + e, e);
        } catch (UnsatisfiedLinkError e) {
            throw new IllegalStateException("The operators " + name + " cannot be loaded from " + folder
                    + " (nothing can where it is mounted noexec): " + e.getMessage(), e);
        }
    }
}
