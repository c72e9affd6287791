package org.altiplano.security.token;

import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.BadJWTException;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.openid.connect.sdk.validators.LogoutTokenClaimsVerifier;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;

/**
 * Checks that claims are those of a logout token for the console that is valid now. The library checks issuer, audience, event, that a
 * session or a user is named, and that there is no nonce, which is how an ID token is told from it; this adds the clock.
 */
final class LogoutClaims extends LogoutTokenClaimsVerifier {

    private final InstantSource clock;

    LogoutClaims(String issuer, String client, InstantSource clock) {
        super(new Issuer(issuer), new ClientID(client));
        this.clock = clock;
        setMaxClockSkew((int) AccessTokenClaims.LEEWAY.toSeconds());
    }

    @Override
    public void verify(JWTClaimsSet claims, SecurityContext context) throws BadJWTException {
        super.verify(claims, context);
        // A claim that is there but null counts as there above.
        if (claims.getJWTID() == null || claims.getExpirationTime() == null || claims.getIssueTime() == null) {
            throw new BadJWTException("The token lacks a claim.");
        }
        Instant latest = clock.instant().plus(AccessTokenClaims.LEEWAY);
        if (claims.getIssueTime().toInstant().isAfter(latest)) {
            throw new BadJWTException("The token was issued in the future.");
        }
    }

    @Override
    protected Date currentTime() {
        return Date.from(clock.instant());
    }
}
