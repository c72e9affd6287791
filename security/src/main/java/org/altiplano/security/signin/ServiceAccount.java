package org.altiplano.security.signin;

import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.token.AccessToken;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Owns the access token by which a client of a realm acts on its own behalf; any thread, one of which fetches a new one. */
public final class ServiceAccount {

    private static final int PATIENCE_MILLIS = 5_000;
    /** A token is not used up to its last second: it has to arrive, too. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    /** The realm does not take the client for what it says it is. */
    public static final class Unwelcome extends IOException {

        Unwelcome(String code) {
            super("the realm gives this client no token: " + code);
        }
    }

    private record Held(String token, Instant until) {
    }

    private final URI endpoint;
    private final ClientSecretBasic authentication;
    private final InstantSource clock;
    private Optional<Held> held = Optional.empty();

    /** @param issuer the realm's address */
    public ServiceAccount(String issuer, String client, String secret, InstantSource clock) {
        this.endpoint = URI.create(issuer + "/protocol/openid-connect/token");
        this.authentication = new ClientSecretBasic(new ClientID(client), new Secret(secret));
        this.clock = clock;
    }

    /** @throws IOException if the realm does not answer, or gives this client no token */
    public synchronized String token() throws IOException {
        Instant now = clock.instant();
        if (held.filter(known -> now.isBefore(known.until())).isEmpty()) {
            AccessToken fresh = fetch();
            held = Optional.of(new Held(fresh.getValue(), now.plusSeconds(fresh.getLifetime()).minus(MARGIN)));
        }
        return held.get().token();
    }

    private AccessToken fetch() throws IOException {
        HTTPRequest request = new TokenRequest.Builder(endpoint, authentication, new ClientCredentialsGrant()).build().toHTTPRequest();
        request.setConnectTimeout(PATIENCE_MILLIS);
        request.setReadTimeout(PATIENCE_MILLIS);
        request.setFollowRedirects(false);
        try {
            TokenResponse response = TokenResponse.parse(request.send());
            if (response instanceof AccessTokenResponse given) {
                return given.getTokens().getAccessToken();
            }
            throw new Unwelcome(response.toErrorResponse().getErrorObject().getCode());
        } catch (ParseException e) {
            throw new IOException("what the realm answers is no token", e);
        }
    }
}
