package org.altiplano.security.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SigningKeysTest {

    private static final RSAKey NEW = Realm.rsa("new-key", 2_048);

    private final Realm realm = new Realm();
    private final String token = realm.token(claims -> claims.expirationTime(null).claim("exp", 4_000_000_000L));

    @Test
    void fetchesTheKeysOnceForManyTokens() {
        for (int i = 0; i < 100; i++) {
            assertTrue(accepts(token));
        }
        assertEquals(1, realm.fetches);
    }

    @Test
    void acceptsANewKeyAtOnce() {
        assertTrue(accepts(token));
        realm.published = List.of(Realm.KEY.toPublicJWK(), NEW.toPublicJWK());
        pass(Duration.ofSeconds(1));
        assertTrue(accepts(named("new-key", NEW)));
        assertEquals(2, realm.fetches);
    }

    @Test
    void fetchesOnceASecondWhateverUnknownKeysTokensName() {
        assertTrue(accepts(token));
        RSAKey stranger = Realm.rsa("x", 2_048);
        String flood = named("x", stranger);
        for (int i = 0; i < 1_000; i++) {
            assertFalse(accepts(flood));
            assertTrue(accepts(token));
            pass(Duration.ofMillis(10));
        }
        assertTrue(realm.fetches <= 11, "in ten seconds " + realm.fetches);
        realm.published = List.of(NEW.toPublicJWK());
        pass(Duration.ofSeconds(1));
        assertTrue(accepts(named("new-key", NEW)), "the flood does not keep a new key out");
    }

    @Test
    void refusesARemovedKeyWithinFiveMinutes() {
        assertTrue(accepts(token));
        realm.published = List.of(NEW.toPublicJWK());
        pass(SigningKeys.FRESH.minusMillis(1));
        assertTrue(accepts(token));
        pass(Duration.ofMillis(1));
        assertFalse(accepts(token));
        assertTrue(SigningKeys.FRESH.compareTo(Duration.ofMinutes(5)) < 0);
    }

    @Test
    void trustsWhatItKnowsWhileTheProviderIsAwayButNotForEver() {
        assertTrue(accepts(token));
        realm.away = true;
        pass(SigningKeys.TRUSTED.minusSeconds(1));
        assertTrue(accepts(token));
        pass(Duration.ofSeconds(1));
        assertTrue(realm.tokens.judge(token) instanceof Verdict.Undecided, "it may be good");
        realm.away = false;
        pass(Duration.ofSeconds(1));
        assertTrue(accepts(token));
    }

    @Test
    void asksAnAbsentProviderOnceASecond() {
        realm.away = true;
        for (int i = 0; i < 100; i++) {
            assertTrue(realm.tokens.judge(token) instanceof Verdict.Undecided);
            pass(Duration.ofMillis(100));
        }
        assertTrue(realm.fetches <= 10, "in ten seconds " + realm.fetches);
    }

    @Test
    void trustsNoShortKey() {
        RSAKey small = Realm.rsa("small", 1_024);
        realm.published = List.of(small.toPublicJWK());
        assertFalse(accepts(named("small", small)));
    }

    @Test
    void makesOthersWaitForTheFirstFetchInsteadOfFetchingToo() throws Exception {
        AtomicInteger fetches = new AtomicInteger();
        CountDownLatch answered = new CountDownLatch(1);
        SigningKeys slow = new SigningKeys(() -> {
            fetches.incrementAndGet();
            awaited(answered);
            return new JWKSet(realm.published);
        }, () -> realm.now);
        KeycloakTokens tokens = new KeycloakTokens(Realm.ISSUER, Realm.AUDIENCE, slow, () -> realm.now);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<Verdict>> verdicts = IntStream.range(0, 8).mapToObj(i -> threads.submit(() -> tokens.judge(token))).toList();
            answered.countDown();
            for (Future<Verdict> verdict : verdicts) {
                assertTrue(verdict.get() instanceof Verdict.Known);
            }
        } finally {
            threads.shutdownNow();
        }
        assertEquals(1, fetches.get());
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean accepts(String text) {
        return realm.tokens.judge(text) instanceof Verdict.Known;
    }

    private String named(String id, RSAKey key) {
        return Realm.sign(Realm.header(JWSAlgorithm.RS256, id).build(), realm.claims(claims -> claims.claim("exp", 4_000_000_000L)), key);
    }

    private void pass(Duration time) {
        realm.now = realm.now.plus(time);
    }
}
