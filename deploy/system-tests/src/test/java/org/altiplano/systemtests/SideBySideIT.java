package org.altiplano.systemtests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.altiplano.contract.Eventually;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two gateways of one installation that start at the same moment. */
class SideBySideIT {

    /** The lock by which gateways take turns, see the platform's {@code Turn}. */
    private static final long TURN = 0x416c7469706c616eL;

    private Twins twins;

    @BeforeEach
    void makesTwoHomesOfOneInstallation() throws Exception {
        twins = new Twins("side");
        twins.left().must("down");
    }

    @AfterEach
    void endsEverything() {
        if (twins != null) {
            twins.close();
        }
    }

    @Test
    void bothServeThoughBothHaveFoundTheDatabaseEmpty() throws Exception {
        twins.postgres().change("truncate tenant, placed_model cascade");
        List<CompletableFuture<Void>> starts;
        // While somebody else has the turn both come to wait for it, however long either takes to start.
        try (Connection holding = twins.postgres().open(); Statement turn = holding.createStatement()) {
            turn.execute("select pg_advisory_lock(" + TURN + ")");
            starts = List.of(starting(twins.left()), starting(twins.right()));
            Eventually.holds("both waiting for their turn to fill it", Duration.ofSeconds(90), () -> twins.postgres()
                    .number("select count(*) from pg_stat_activity where query like 'select pg_try_advisory_lock%'") == 2);
        }
        for (CompletableFuture<Void> start : starts) {
            start.get(180, TimeUnit.SECONDS);
        }
        assertEquals("default", twins.postgres().text("select id from tenant"));
        for (Platform platform : List.of(twins.left(), twins.right())) {
            platform.api().post("/v1/chat/completions", Api.chat(Platform.CHAT_MODEL, "Hello").put("max_tokens", 2)).ok();
        }
    }

    private static CompletableFuture<Void> starting(Platform platform) {
        return CompletableFuture.runAsync(() -> platform.must("up", "--http-port", "0", "--model", Platform.CHAT_MODEL), start -> new Thread(start).start());
    }
}
