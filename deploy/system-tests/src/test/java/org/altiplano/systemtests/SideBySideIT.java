package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.altiplano.engine.store.SmolLm2;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways of one installation that start at the same moment. */
class SideBySideIT {

    private Postgres postgres;
    private Platform left;
    private Platform right;

    @BeforeEach
    void makesTwoHomesOfOneInstallation() throws Exception {
        Platform.named("side-postgres");
        postgres = new Postgres(Path.of(System.getProperty("altiplano.work"), "homes", "side-postgres", "data"));
        left = Platform.named("side-left", postgres.environment());
        right = Platform.named("side-right", postgres.environment());
        for (Platform platform : List.of(left, right)) {
            platform.must("models", "import", SmolLm2.gguf().toString(), "--name", Platform.CHAT_MODEL);
        }
        left.must("up", "--http-port", "0");
        left.must("down");
        Files.createDirectories(right.home().resolve("secrets"));
        for (String secret : List.of("credentials.json", "secrets/pepper", "secrets/audit-key", "secrets/salt-key")) {
            Files.copy(left.home().resolve(secret), right.home().resolve(secret));
        }
    }

    @AfterEach
    void endsEverything() {
        for (Platform platform : new Platform[] {left, right}) {
            if (platform != null) {
                platform.close();
            }
        }
        if (postgres != null) {
            postgres.close();
        }
    }

    @Test
    void bothServeThoughBothHaveFoundTheDatabaseEmpty() throws Exception {
        postgres.change("truncate tenant, placed_model cascade");
        List<CompletableFuture<Void>> starts;
        try (Connection holding = postgres.open(); Statement lock = holding.createStatement()) {
            holding.setAutoCommit(false);
            lock.execute("lock table tenant in share mode");
            starts = List.of(starting(left), starting(right));
            Eventually.within(Duration.ofSeconds(90), "one being about to fill it and the other waiting for its turn",
                    () -> postgres.number("select count(*) from pg_locks where not granted") == 1
                            && postgres.number("select count(*) from pg_stat_activity where query like 'select pg_try_advisory_lock%'") == 2);
            holding.rollback();
        }
        for (CompletableFuture<Void> start : starts) {
            start.get(180, TimeUnit.SECONDS);
        }
        assertEquals("default", postgres.text("select id from tenant"));
        for (Platform platform : List.of(left, right)) {
            platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 2)).ok();
        }
    }

    private static CompletableFuture<Void> starting(Platform platform) {
        return CompletableFuture.runAsync(() -> platform.must("up", "--http-port", "0", "--model", Platform.CHAT_MODEL), start -> new Thread(start).start());
    }
}
