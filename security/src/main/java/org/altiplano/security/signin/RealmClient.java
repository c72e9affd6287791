package org.altiplano.security.signin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSKeySelector;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.http.HTTPResponse;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.oauth2.sdk.token.RefreshToken;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.token.TokenAuthority;
import org.altiplano.security.token.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The console as a confidential client of a Keycloak realm: authorization code with PKCE (RFC 9700, 2.1.1), the code
 * exchanged from here. Owns the right to ask the realm, which few threads have at a time, so that one that hangs holds up
 * nothing but sign-ins; any thread, which waits for the realm some seconds at most.
 */
public final class RealmClient implements RealmGrants {

    private static final Logger LOG = LoggerFactory.getLogger(RealmClient.class);
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 5_000;
    private static final int MOST_AT_ONCE = 16;
    /** The database's. */
    private static final int LONGEST_SESSION = 200;

    /**
     * How the realm knows the console.
     *
     * @param issuer the realm's address
     * @param client the console's name there
     * @param secret the client's
     * @param redirect where the realm sends browsers back to, to the letter
     */
    public record Settings(String issuer, String client, String secret, URI redirect) {

        @Override
        public String toString() {
            return "Settings[" + issuer + ", " + client + ", " + redirect + "]";
        }
    }

    private final Settings settings;
    private final ClientSecretBasic authentication;
    private final IDTokenValidator idTokens;
    private final TokenAuthority accessTokens;
    private final InstantSource clock;
    private final Semaphore turns = new Semaphore(MOST_AT_ONCE);

    /**
     * @param keys the realm's, for ID tokens
     * @param accessTokens judges the realm's access tokens, which say who somebody is here
     */
    public RealmClient(Settings settings, JWSKeySelector<?> keys, TokenAuthority accessTokens, InstantSource clock) {
        this.settings = settings;
        this.authentication = new ClientSecretBasic(new ClientID(settings.client()), new Secret(settings.secret()));
        this.idTokens = new IDTokenValidator(new Issuer(settings.issuer()), new ClientID(settings.client()), keys, null);
        this.accessTokens = accessTokens;
        this.clock = clock;
    }

    /** Where a browser goes to sign in. */
    public URI signIn(SignInAttempt attempt) {
        return new AuthenticationRequest.Builder(ResponseType.CODE, new Scope("openid"), new ClientID(settings.client()), settings.redirect())
                .endpointURI(endpoint("auth")).state(new State(attempt.state())).nonce(new Nonce(attempt.nonce()))
                .codeChallenge(new CodeVerifier(attempt.verifier()), CodeChallengeMethod.S256).build().toURI();
    }

    /** Whether the realm answers, so that no browser need be sent to one that does not. */
    public boolean answers() {
        try {
            return send(new HTTPRequest(HTTPRequest.Method.GET, URI.create(settings.issuer() + "/.well-known/openid-configuration")))
                    .getStatusCode() == HTTPResponse.SC_OK;
        } catch (IOException e) {
            LOG.warn("The identity provider does not answer: {}", e.toString());
            return false;
        }
    }

    /** Who has come back from the realm with this code. */
    public Grant exchange(String code, SignInAttempt attempt) {
        return ask(new AuthorizationCodeGrant(new AuthorizationCode(code), settings.redirect(), new CodeVerifier(attempt.verifier())),
                Optional.of(new Nonce(attempt.nonce())));
    }

    @Override
    public Grant renew(String refreshToken) {
        return ask(new RefreshTokenGrant(new RefreshToken(refreshToken)), Optional.empty());
    }

    @Override
    public boolean signOut(String refreshToken) {
        try {
            HTTPResponse response = send(new TokenRequest.Builder(endpoint("logout"), authentication,
                    new RefreshTokenGrant(new RefreshToken(refreshToken))).build().toHTTPRequest());
            // A session that has ended already is what was asked for.
            return response.indicatesSuccess() || response.getStatusCode() == HTTPResponse.SC_BAD_REQUEST;
        } catch (IOException e) {
            LOG.warn("Somebody has signed out whom the identity provider could not be told of: {}", e.toString());
            return false;
        }
    }

    private Grant ask(AuthorizationGrant grant, Optional<Nonce> nonce) {
        Instant asked = clock.instant();
        try {
            TokenResponse told = OIDCTokenResponseParser.parse(
                    send(new TokenRequest.Builder(endpoint("token"), authentication, grant).build().toHTTPRequest()));
            return told instanceof OIDCTokenResponse tokens ? given(tokens, nonce, asked) : refused(told.toErrorResponse().getErrorObject());
        } catch (IOException | ParseException e) {
            LOG.warn("The identity provider does not answer: {}", e.toString());
            return new Grant.Unavailable();
        }
    }

    /** Only of the grant itself it says that it is good for nothing; all else is between it and this client. */
    private static Grant refused(ErrorObject error) {
        if (OAuth2Error.INVALID_GRANT.getCode().equals(error.getCode())) {
            return new Grant.Refused();
        }
        LOG.error("The identity provider refuses the console's client: {}", error.getCode());
        return new Grant.Unavailable();
    }

    private Grant given(OIDCTokenResponse response, Optional<Nonce> nonce, Instant asked) throws ParseException {
        if (response.getOIDCTokens().getIDToken() == null || response.getOIDCTokens().getRefreshToken() == null) {
            throw new ParseException("the answer lacks an ID token or a refresh token");
        }
        String name;
        String subject;
        Optional<String> session;
        try {
            JWTClaimsSet claims = idTokens.validate(response.getOIDCTokens().getIDToken(), nonce.orElse(null)).toJWTClaimsSet();
            // The library looks at it only where there are several audiences (OpenID Connect Core, 3.1.3.7, 5).
            if (!Optional.ofNullable(claims.getStringClaim("azp")).orElse(settings.client()).equals(settings.client())) {
                throw new BadJOSEException("it was made for another client");
            }
            subject = claims.getSubject();
            name = Optional.ofNullable(claims.getStringClaim("preferred_username")).orElse(subject);
            session = Optional.ofNullable(claims.getStringClaim("sid")).filter(sid -> sid.length() <= LONGEST_SESSION);
        } catch (KeySourceException e) {
            return new Grant.Unavailable();
        } catch (BadJOSEException | JOSEException | java.text.ParseException e) {
            LOG.warn("An ID token of the identity provider is not to be believed: {}", e.toString());
            return new Grant.Refused();
        }
        Verdict verdict = accessTokens.judge(response.getOIDCTokens().getAccessToken().getValue());
        if (verdict instanceof Verdict.Known known && known.caller().owner().equals(subject)) {
            Caller caller = Caller.unlimited(known.caller().tenant(), subject, Caller.Origin.SESSION, known.caller().roles());
            return new Grant.Given(caller, name, session, response.getOIDCTokens().getRefreshToken().getValue(),
                    asked.plusSeconds(response.getOIDCTokens().getAccessToken().getLifetime()), asked.plus(refreshLife(response)));
        }
        return verdict instanceof Verdict.Homeless ? new Grant.Homeless()
                : verdict instanceof Verdict.Undecided ? new Grant.Unavailable() : new Grant.Refused();
    }

    /** Keycloak's own member; zero stands for one that ends with the session's cookie only, which is never asked for here. */
    private static Duration refreshLife(OIDCTokenResponse response) throws ParseException {
        if (response.getCustomParameters().get("refresh_expires_in") instanceof Number seconds && seconds.longValue() > 0) {
            return Duration.ofSeconds(seconds.longValue());
        }
        throw new ParseException("the answer does not say how long its refresh token lives");
    }

    private URI endpoint(String name) {
        return URI.create(settings.issuer() + "/protocol/openid-connect/" + name);
    }

    private HTTPResponse send(HTTPRequest request) throws IOException {
        request.setConnectTimeout(CONNECT_MILLIS);
        request.setReadTimeout(READ_MILLIS);
        request.setFollowRedirects(false);
        if (!turns.tryAcquire()) {
            throw new IOException("it has too much to answer already");
        }
        try {
            return request.send();
        } finally {
            turns.release();
        }
    }
}
