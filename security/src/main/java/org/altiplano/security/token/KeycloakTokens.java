package org.altiplano.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the access tokens of one Keycloak realm. Owns nothing but its keys; any thread. Only signatures by public key
 * are accepted, only with keys of the realm that the token names: what a header offers besides is not looked at.
 */
public final class KeycloakTokens implements TokenAuthority {

    private static final Logger LOG = LoggerFactory.getLogger(KeycloakTokens.class);
    private static final int LONGEST = 16_384;
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int MOST_BYTES = 256 * 1_024;
    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);

    private final String audience;
    private final DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();

    /**
     * @param issuer the realm's address
     * @param audience what tokens for this platform name, and the client whose roles count
     */
    public KeycloakTokens(String issuer, String audience, SigningKeys keys, InstantSource clock) {
        this.audience = audience;
        processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));
        processor.setJWSKeySelector(selector(keys));
        processor.setJWTClaimsSetVerifier(new AccessTokenClaims(issuer, audience, clock));
    }

    /** Fetches the realm's keys from where Keycloak has them. */
    public static SigningKeys.Fetch keysAt(URL address) {
        DefaultResourceRetriever retriever = new DefaultResourceRetriever(PATIENCE_MILLIS, PATIENCE_MILLIS, MOST_BYTES);
        return () -> {
            try {
                return JWKSet.parse(retriever.retrieveResource(address).getContent());
            } catch (ParseException e) {
                throw new IOException("what " + address + " answers is no set of keys", e);
            }
        };
    }

    /** What of a header is believed: which of the realm's keys and which of the algorithms that it may be. */
    public static JWSKeySelector<SecurityContext> selector(SigningKeys keys) {
        return new JWSVerificationKeySelector<>(ALGORITHMS, keys);
    }

    @Override
    public Verdict judge(String token) {
        if (token.length() > LONGEST) {
            return new Verdict.Refused();
        }
        try {
            SignedJWT signed = SignedJWT.parse(token);
            // Without a name every key would be tried.
            if (signed.getHeader().getKeyID() == null) {
                return new Verdict.Refused();
            }
            JWTClaimsSet claims = processor.process(signed, null);
            return OrganizationCaller.of(claims, audience).<Verdict>map(Verdict.Known::new).orElseGet(Verdict.Homeless::new);
        } catch (KeySourceException e) {
            return new Verdict.Undecided();
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            // Its text can hold what the sender wrote; its kind cannot.
            LOG.debug("A token was refused: {}", e.getClass().getSimpleName());
            return new Verdict.Refused();
        }
    }
}
