package org.altiplano.security.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class LogoutTokensTest {

    private static final UnaryOperator<JWTClaimsSet.Builder> SAME = claims -> claims;

    private final Realm realm = new Realm();
    private final LogoutTokens tokens = new LogoutTokens(Realm.ISSUER, "console", realm.keys, () -> realm.now);

    @Test
    void believesTheRealmThatASessionOrAllOfAUserHaveEnded() {
        EndedSession one = ended(SAME);
        assertEquals(new EndedSession("j-1", realm.now.plusSeconds(150), Optional.of("s-1"), Optional.of("u-1")), one);
        assertEquals(Optional.empty(), ended(claims -> claims.claim("sid", null)).session());
        assertEquals(Optional.empty(), ended(claims -> claims.subject(null)).subject());
        ended(claims -> claims.issueTime(at(20)));
        ended(claims -> claims.expirationTime(at(-20)));
    }

    @Test
    void believesNoOtherTokenOfTheRealm() {
        refused(realm.token(SAME));
        assertEquals("Refused", realm.tokens.judge(token("logout+jwt", SAME, Realm.KEY)).getClass().getSimpleName(), "nor is it a caller's");
        for (String type : List.of("JWT", "at+jwt", "logout")) {
            refused(token(type, SAME, Realm.KEY));
        }
        refused(claims -> claims.claim("nonce", "n"));
        refused(claims -> claims.claim("events", null));
        refused(claims -> claims.claim("events", "http://schemas.openid.net/event/backchannel-logout"));
        refused(claims -> claims.claim("events", Map.of("http://schemas.openid.net/event/other", Map.of())));
    }

    @Test
    void believesNobodyElse() {
        refused(token("logout+jwt", SAME, Realm.rsa(Realm.KEY.getKeyID(), 2_048)));
        refused(claims -> claims.issuer("https://id.example.org/realms/master"));
        refused(claims -> claims.audience("another client"));
        refused(claims -> claims.audience((String) null));
        for (String nothing : List.of("", "..", "x", "a".repeat(20_000))) {
            refused(nothing);
        }
    }

    @Test
    void believesNothingThatIsOldOrNamesNobody() {
        refused(claims -> claims.expirationTime(at(-60)));
        refused(claims -> claims.expirationTime(null));
        refused(claims -> claims.issueTime(at(120)));
        refused(claims -> claims.issueTime(null));
        refused(claims -> claims.jwtID(null));
        refused(claims -> claims.jwtID("j\n1"));
        refused(claims -> claims.claim("sid", null).subject(null));
        refused(claims -> claims.claim("sid", "s".repeat(201)));
        refused(claims -> claims.claim("sid", 7));
    }

    @Test
    void saysNothingWhileTheRealmsKeysAreNotKnown() {
        realm.away = true;
        assertInstanceOf(LogoutVerdict.Undecided.class, tokens.judge(token("logout+jwt", SAME, Realm.KEY)));
    }

    private EndedSession ended(UnaryOperator<JWTClaimsSet.Builder> change) {
        return assertInstanceOf(LogoutVerdict.Ended.class, tokens.judge(token("logout+jwt", change, Realm.KEY))).session();
    }

    private void refused(UnaryOperator<JWTClaimsSet.Builder> change) {
        refused(token("logout+jwt", change, Realm.KEY));
    }

    private void refused(String token) {
        assertInstanceOf(LogoutVerdict.Refused.class, tokens.judge(token), token);
    }

    private String token(String type, UnaryOperator<JWTClaimsSet.Builder> change, JWK key) {
        JWTClaimsSet.Builder claims = new JWTClaimsSet.Builder().issuer(Realm.ISSUER).audience("console").subject("u-1").jwtID("j-1")
                .issueTime(at(0)).expirationTime(at(120)).claim("sid", "s-1")
                .claim("events", Map.of("http://schemas.openid.net/event/backchannel-logout", Map.of()));
        return Realm.sign(Realm.header(JWSAlgorithm.RS256, key.getKeyID()).type(new JOSEObjectType(type)).build(), change.apply(claims).build(), key);
    }

    private Date at(int seconds) {
        return Date.from(realm.now.plusSeconds(seconds));
    }
}
