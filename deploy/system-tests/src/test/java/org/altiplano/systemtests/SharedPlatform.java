package org.altiplano.systemtests;

import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives tests that leave it as they found it one running platform: one worker, SmolLM2 in the default format. */
public final class SharedPlatform implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Platform.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL)
                .getOrComputeIfAbsent(Running.class, absent -> new Running(), Running.class).platform;
    }

    /** Ended by JUnit after the last test. */
    private static final class Running implements AutoCloseable {

        private final Platform platform = Platform.named("shared");

        private Running() {
            String gguf = SmolLm2.gguf().toString();
            platform.must("models", "import", gguf, "--name", Platform.CHAT_MODEL);
            platform.must("up", "--http-port", "0");
        }

        @Override
        public void close() {
            platform.close();
        }
    }
}
