package org.altiplano.security.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import java.text.ParseException;
import java.time.InstantSource;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the messages by which one Keycloak realm says that a session has ended. Owns nothing but its keys; any thread. That a message is
 * told again is for whoever remembers the ones before.
 */
public final class LogoutTokens {

    private static final Logger LOG = LoggerFactory.getLogger(LogoutTokens.class);
    /** What the database and the log take. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@-]{1,200}");

    private final RealmSignatures signatures;
    private final LogoutClaims claims;

    /**
     * @param issuer the realm's address
     * @param client what such messages for the console name
     */
    public LogoutTokens(String issuer, String client, SigningKeys keys, InstantSource clock) {
        this.signatures = new RealmSignatures(keys, new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("logout+jwt")));
        this.claims = new LogoutClaims(issuer, client, clock);
    }

    /** @param token as it was sent, whatever it is */
    public LogoutVerdict judge(String token) {
        try {
            JWTClaimsSet told = JWTClaimsSet.parse(signatures.open(token).toString());
            claims.verify(told, null);
            return new LogoutVerdict.Ended(new EndedSession(name(told.getJWTID()),
                    told.getExpirationTime().toInstant().plus(AccessTokenClaims.LEEWAY), named(told.getStringClaim("sid")), named(told.getSubject())));
        } catch (KeySourceException e) {
            return new LogoutVerdict.Undecided();
        } catch (ParseException | BadJOSEException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            // Its text can hold what the sender wrote; its kind cannot.
            LOG.debug("A logout token was refused: {}", e.getClass().getSimpleName());
            return new LogoutVerdict.Refused();
        }
    }

    private static Optional<String> named(String claim) throws BadJWTException {
        return claim == null ? Optional.empty() : Optional.of(name(claim));
    }

    private static String name(String claim) throws BadJWTException {
        if (!NAME.matcher(claim).matches()) {
            throw new BadJWTException("A name is none.");
        }
        return claim;
    }
}
