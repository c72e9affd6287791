package org.altiplano.security.token;

import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.Set;

/**
 * Checks that claims are those of an access token for this platform that is valid now: issuer, audience, kind
 * ({@code typ}, which tells it from ID and refresh tokens), and its times with a leeway for clocks that differ.
 */
final class AccessTokenClaims extends DefaultJWTClaimsVerifier<SecurityContext> {

    static final Duration LEEWAY = Duration.ofSeconds(30);

    private final InstantSource clock;

    AccessTokenClaims(String issuer, String audience, InstantSource clock) {
        super(Set.of(audience), new JWTClaimsSet.Builder().issuer(issuer).claim("typ", "Bearer").build(),
                Set.of("sub", "exp", "iat", "azp"), Set.of());
        this.clock = clock;
        setMaxClockSkew((int) LEEWAY.toSeconds());
    }

    @Override
    public void verify(JWTClaimsSet claims, SecurityContext context) throws BadJWTException {
        super.verify(claims, context);
        // A claim that is there but null counts as there above.
        if (claims.getSubject() == null || claims.getExpirationTime() == null || claims.getIssueTime() == null) {
            throw new BadJWTException("The token lacks a claim.");
        }
        Instant latest = clock.instant().plus(LEEWAY);
        if (claims.getIssueTime().toInstant().isAfter(latest)) {
            throw new BadJWTException("The token was issued in the future.");
        }
    }

    @Override
    protected Date currentTime() {
        return Date.from(clock.instant());
    }
}
