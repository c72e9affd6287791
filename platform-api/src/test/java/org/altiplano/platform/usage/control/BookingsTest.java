package org.altiplano.platform.usage.control;

import static org.altiplano.platform.usage.control.TestLedger.ANN;
import static org.altiplano.platform.usage.control.TestLedger.NOON;
import static org.altiplano.platform.usage.control.TestLedger.demand;
import static org.altiplano.platform.usage.control.TestLedger.ended;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What waits at the same moment for its turn, on real databases. */
class BookingsTest {

    @ParameterizedTest
    @EnumSource
    void aRequestFindsTheRoomThatAnAnswerOfTheSameMomentLeaves(TestDatabase kind) throws Exception {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100).with(Limit.CONCURRENT_GENERATIONS, 2));
        Bookings bookings = new Bookings(ledger.database, "g1");
        bookings.reserve(ledger.order(ANN, NOON, demand("a", 10, 60)), () -> { });
        try (Turned turned = new Turned(ledger, bookings)) {
            CompletableFuture<Standing> begun = turned.waiting(() -> bookings.reserve(ledger.order(ANN, NOON, demand("b", 10, 80)), () -> { }));
            CompletableFuture<Standing> settled = turned.waiting(() -> settle(bookings, ended("a", 10, 0, 0)));
            turned.end();
            settled.join();
            begun.join();
        }
        assertEquals("10 90", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("2", ledger.one("select running from usage_meter"));
        assertEquals("a 10", ledger.one("select generation_id, tokens_in + tokens_out from usage_ledger"));
        assertEquals("1 10", ledger.one("select generations, tokens_in + tokens_out from usage_day"));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatTheDatabaseRefusesToTakeIsNotInTheWayOfARequest(TestDatabase kind) throws Exception {
        TestLedger ledger = new TestLedger(kind);
        ledger.policy(Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_DAY, 100).with(Limit.CONCURRENT_GENERATIONS, 3));
        Bookings bookings = new Bookings(ledger.database, "g1");
        bookings.reserve(ledger.order(ANN, NOON, demand("a", 10, 30)), () -> { });
        Ended wrong = new Ended("a", true, 10, 0, 0, Optional.empty(), Duration.ZERO, "a reason that is longer than the ledger's column");
        try (Turned turned = new Turned(ledger, bookings)) {
            CompletableFuture<Standing> begun = turned.waiting(() -> bookings.reserve(ledger.order(ANN, NOON, demand("b", 10, 30)), () -> { }));
            CompletableFuture<Standing> settled = turned.waiting(() -> settle(bookings, wrong));
            turned.end();
            begun.join();
            assertThrows(CompletionException.class, settled::join);
        }
        assertEquals("0 80", ledger.one("select tokens_spent, tokens_reserved from usage_window"));
        assertEquals("0", ledger.one("select count(*) from usage_ledger"));
        assertEquals("3", ledger.one("select count(*) from usage_reservation"));
    }

    private static Standing settle(Bookings bookings, Ended ended) {
        bookings.settle(List.of(ended));
        return Standing.FREE;
    }

    /** Owns a transaction under way, which holds the policy's row until it is to end; all that is asked meanwhile waits for one turn. */
    private static final class Turned implements AutoCloseable {

        private interface Question {
            Standing ask();
        }

        private final Connection holder;
        private final CompletableFuture<Standing> first;

        Turned(TestLedger ledger, Bookings bookings) throws Exception {
            holder = ledger.source.getConnection();
            holder.setAutoCommit(false);
            try (Statement lock = holder.createStatement()) {
                lock.execute("select * from usage_meter for update");
            }
            first = new CompletableFuture<>();
            thread(() -> bookings.reserve(ledger.order(ANN, NOON, demand("held", 0, 0)), () -> { }), first).start();
            // By then its thread is in the database, where it cannot be seen to wait.
            Thread.sleep(500);
        }

        private static Thread thread(Question question, CompletableFuture<Standing> answer) {
            return new Thread(() -> {
                try {
                    answer.complete(question.ask());
                } catch (RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        }

        CompletableFuture<Standing> waiting(Question question) throws InterruptedException {
            CompletableFuture<Standing> answer = new CompletableFuture<>();
            Thread thread = thread(question, answer);
            thread.start();
            while (thread.getState() != Thread.State.WAITING && !answer.isDone()) {
                Thread.sleep(10);
            }
            return answer;
        }

        void end() throws SQLException {
            holder.rollback();
            first.join();
        }

        @Override
        public void close() throws SQLException {
            holder.close();
        }
    }
}
