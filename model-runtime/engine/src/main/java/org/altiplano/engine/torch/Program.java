package org.altiplano.engine.torch;

import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Owns a TorchScript module written in Java: methods without state of their own, each call one native call. Any number of
 * threads may call it at once.
 */
public final class Program implements AutoCloseable {

    private final PtSymbolBlock module;

    private Program(PtSymbolBlock module) {
        this.module = module;
    }

    /**
     * Compiles a program.
     *
     * @param methods source in the dialect of saved TorchScript: ATen operators are {@code torch.x}, others
     *        {@code ops.namespace.x}, element types are numbers (float32 6, float64 7, bfloat16 15, int8 1, uint8 0, int64 4)
     * @param constants Integer, Double, Boolean or String by name, read as attributes of {@code self}
     */
    public static Program load(String methods, Map<String, Object> constants) {
        byte[] archive = new ScriptArchive(methods, constants).bytes();
        try {
            return new Program(JniUtils.loadModule(TorchRuntime.enter(), new ByteArrayInputStream(archive), false, false));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A part of a program's text, kept beside a class as a resource. */
    public static String text(Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("Missing resource " + resource + " beside " + owner.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Calls a method; the caller closes the result. */
    public IValue call(String method, IValue... arguments) {
        TorchRuntime.enter();
        return IValueUtils.runMethod(module, method, arguments);
    }

    @Override
    public void close() {
        module.close();
    }
}
