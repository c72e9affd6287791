package org.altiplano.systemtests;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.altiplano.engine.store.SmolLm2;

/** Owns two platforms of one installation, with the same secrets, on one PostgreSQL of theirs; both have the chat model, and the left one is up. */
final class Twins implements AutoCloseable {

    private final Postgres postgres;
    private final Platform left;
    private final Platform right;

    /** @param name of their homes' beginning */
    Twins(String name) throws IOException {
        postgres = new Postgres(Platform.named(name + "-postgres").home().resolve("data"));
        left = Platform.named(name + "-left", postgres.environment());
        right = Platform.named(name + "-right", postgres.environment());
        try {
            for (Platform platform : List.of(left, right)) {
                platform.must("models", "import", SmolLm2.gguf().toString(), "--name", Platform.CHAT_MODEL);
            }
            left.must("up", "--http-port", "0");
            Files.createDirectories(right.home().resolve("secrets"));
            for (String secret : List.of("credentials.json", "secrets/pepper", "secrets/audit-key", "secrets/salt-key")) {
                Files.copy(left.home().resolve(secret), right.home().resolve(secret));
            }
        } catch (IOException | RuntimeException | Error failure) {
            close();
            throw failure;
        }
    }

    Postgres postgres() {
        return postgres;
    }

    Platform left() {
        return left;
    }

    Platform right() {
        return right;
    }

    @Override
    public void close() {
        left.close();
        right.close();
        postgres.close();
    }
}
