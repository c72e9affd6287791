package org.altiplano.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import java.io.IOException;
import java.net.URL;
import java.text.ParseException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Judges the access tokens of one Keycloak realm. Owns nothing but its keys; any thread. */
public final class KeycloakTokens implements TokenAuthority {

    private static final Logger LOG = LoggerFactory.getLogger(KeycloakTokens.class);
    private static final int PATIENCE_MILLIS = 2_000;
    private static final int MOST_BYTES = 256 * 1_024;

    private final String audience;
    private final RealmSignatures signatures;
    private final AccessTokenClaims accessTokens;

    /**
     * @param issuer the realm's address
     * @param audience what tokens for this platform name, and the client whose roles count
     */
    public KeycloakTokens(String issuer, String audience, SigningKeys keys, InstantSource clock) {
        this.audience = audience;
        this.signatures = new RealmSignatures(keys, new DefaultJOSEObjectTypeVerifier<>(JOSEObjectType.JWT, new JOSEObjectType("at+jwt")));
        this.accessTokens = new AccessTokenClaims(issuer, audience, clock);
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

    @Override
    public Verdict judge(String token) {
        try {
            JWTClaimsSet claims = JWTClaimsSet.parse(signatures.open(token).toString());
            accessTokens.verify(claims, null);
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
