package org.altiplano.platform.sessions.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.altiplano.platform.Authenticator;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.apikey.Pepper;
import org.altiplano.security.identity.SecondFactor;
import org.altiplano.security.secrets.MacKey;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SecondFactorsTest {

    private final SecondFactor factor = new SecondFactor(Pepper.parse(List.of(MacKey.generate(new Random(1)))), new Random(2));
    private Instant now = Instant.parse("2026-11-26T12:00:00Z");

    @ParameterizedTest
    @EnumSource
    void isInForceOnceACodeHasConfirmedIt(TestDatabase kind) {
        SecondFactors factors = factors(kind);
        String abandoned = factors.enrol("ada");
        assertFalse(factors.isOn("ada"));
        String secret = factors.enrol("ada");
        assertEquals(Optional.empty(), factors.confirm("ada", Authenticator.code(abandoned, now)), "another has taken its place");
        assertEquals(10, factors.confirm("ada", Authenticator.code(secret, now)).orElseThrow().size());
        assertTrue(factors.isOn("ada"));
        assertFalse(factors.isOn("bob"));
        assertThrows(ProblemException.class, () -> factors.enrol("ada"));
        assertTrue(factors.isOn("ada"));
    }

    @ParameterizedTest
    @EnumSource
    void aCodeIsGoodOnceHoweverManyComeWithItAtOnce(TestDatabase kind) throws Exception {
        SecondFactors factors = factors(kind);
        String secret = factors.enrol("ada");
        List<String> recovery = factors.confirm("ada", Authenticator.code(secret, now)).orElseThrow();
        assertFalse(factors.accepts("ada", Authenticator.code(secret, now)), "it has confirmed the enrolment");
        now = now.plusSeconds(60);
        assertEquals(1, accepted(factors, Authenticator.code(secret, now)));
        assertFalse(factors.accepts("ada", Authenticator.code(secret, now.minusSeconds(30))), "an older one after a newer");
        assertEquals(1, accepted(factors, recovery.get(3)));
        assertTrue(factors.accepts("ada", recovery.get(4)));
        assertFalse(factors.accepts("ada", recovery.get(3)));
        assertFalse(factors.accepts("ada", "000000"));
        assertFalse(factors.accepts("bob", recovery.get(5)));
    }

    @ParameterizedTest
    @EnumSource
    void isGoneWithItsRecoveryCodesWhenItIsRemoved(TestDatabase kind) {
        SecondFactors factors = factors(kind);
        List<String> recovery = factors.confirm("ada", Authenticator.code(factors.enrol("ada"), now)).orElseThrow();
        assertTrue(factors.remove("ada"));
        assertFalse(factors.remove("ada"));
        assertFalse(factors.isOn("ada"));
        factors.confirm("ada", Authenticator.code(factors.enrol("ada"), now)).orElseThrow();
        assertFalse(factors.accepts("ada", recovery.get(0)));
    }

    private static long accepted(SecondFactors factors, String code) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> tries = IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> factors.accepts("ada", code))).toList();
        long accepted = 0;
        for (Future<Boolean> one : tries) {
            accepted += one.get() ? 1 : 0;
        }
        threads.shutdown();
        return accepted;
    }

    private SecondFactors factors(TestDatabase kind) {
        DataSource source = kind.migrated();
        for (String name : List.of("ada", "bob")) {
            TestDatabase.execute(source, "insert into platform_user (username, tenant_id, password_hash, roles, created_at) values ('" + name
                    + "', 'acme', 'h', 'developer', current_timestamp)");
        }
        return new SecondFactors(new Database(source), factor, () -> now);
    }
}
