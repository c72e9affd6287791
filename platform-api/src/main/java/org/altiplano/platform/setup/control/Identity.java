package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.altiplano.platform.setup.entity.IdentitySettings;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.token.KeycloakTokens;
import org.altiplano.security.token.SigningKeys;
import org.altiplano.security.token.TokenAuthority;

/** Makes what depends on where the platform's users are kept. */
@ApplicationScoped
public class Identity {

    @Produces
    @Singleton
    IdentitySettings settings() {
        return IdentitySettings.of(System.getenv());
    }

    @Produces
    @Singleton
    IdentityProvider provider(IdentitySettings settings) {
        return settings.realm().isPresent() ? IdentityProvider.KEYCLOAK : IdentityProvider.EMBEDDED;
    }

    @Produces
    @Singleton
    TokenAuthority tokens(IdentitySettings settings, InstantSource clock) {
        return settings.realm().<TokenAuthority>map(realm -> new KeycloakTokens(realm.issuer(), IdentitySettings.AUDIENCE,
                new SigningKeys(KeycloakTokens.keysAt(realm.keys()), clock), clock)).orElse(TokenAuthority.NONE);
    }
}
