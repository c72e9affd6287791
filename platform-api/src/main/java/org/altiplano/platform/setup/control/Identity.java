package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import org.altiplano.platform.provisioning.control.RealmAdministration;
import org.altiplano.platform.provisioning.control.RealmMembers;
import org.altiplano.platform.provisioning.control.RealmOrganizations;
import org.altiplano.platform.sessions.control.MemberDirectory;
import org.altiplano.platform.sessions.control.Members;
import org.altiplano.platform.sessions.control.RealmSessions;
import org.altiplano.platform.setup.entity.Home;
import org.altiplano.platform.setup.entity.IdentitySettings;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.control.OrganizationTenants;
import org.altiplano.platform.tenants.control.Organizations;
import org.altiplano.platform.tenants.control.TenantTokens;
import org.altiplano.platform.tenants.control.Tenants;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.signin.RealmClient;
import org.altiplano.security.signin.RealmGrants;
import org.altiplano.security.signin.ServiceAccount;
import org.altiplano.security.token.KeycloakTokens;
import org.altiplano.security.token.LogoutTokens;
import org.altiplano.security.token.RealmSignatures;
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
    TokenAuthority tokens(IdentitySettings settings, Optional<SigningKeys> keys, OrganizationTenants tenants, InstantSource clock) {
        return settings.realm().<TokenAuthority>map(realm -> new TenantTokens(
                new KeycloakTokens(realm.issuer(), IdentitySettings.AUDIENCE, keys.orElseThrow(), clock), tenants)).orElse(TokenAuthority.NONE);
    }

    /** Present where there is a realm. */
    @Produces
    @Singleton
    Optional<SigningKeys> keys(IdentitySettings settings, InstantSource clock) {
        return settings.realm().map(realm -> new SigningKeys(KeycloakTokens.keysAt(realm.keys()), clock));
    }

    /** Present where there is a realm. */
    @Produces
    @Singleton
    Optional<RealmClient> console(IdentitySettings settings, Home home, Optional<SigningKeys> keys, TokenAuthority tokens, InstantSource clock) {
        return settings.realm().map(realm -> new RealmClient(new RealmClient.Settings(realm.issuer(), IdentitySettings.CONSOLE,
                secret(home.consoleSecret(), "client console"), settings.redirect()), RealmSignatures.selector(keys.orElseThrow()), tokens, clock));
    }

    /** Present where there is a realm. */
    @Produces
    @Singleton
    Optional<LogoutTokens> logoutTokens(IdentitySettings settings, Optional<SigningKeys> keys, InstantSource clock) {
        return settings.realm().map(realm -> new LogoutTokens(realm.issuer(), IdentitySettings.CONSOLE, keys.orElseThrow(), clock));
    }

    @Produces
    @Singleton
    Optional<RealmGrants> grants(Optional<RealmClient> console) {
        return console.map(RealmGrants.class::cast);
    }

    @Produces
    @Singleton
    Organizations organizations(Optional<RealmAdministration> administration, Tenants tenants) {
        return administration.<Organizations>map(realm -> new RealmOrganizations(realm, tenants)).orElse(Organizations.NONE);
    }

    @Produces
    @Singleton
    MemberDirectory members(Optional<RealmAdministration> administration, Members own, Tenants tenants, OrganizationTenants organizationTenants,
                            ApiKeys keys, RealmSessions sessions) {
        return administration.<MemberDirectory>map(realm ->
                new RealmMembers(realm, new RealmOrganizations(realm, tenants), tenants, organizationTenants, keys, sessions)).orElse(own);
    }

    /** Present where there is a realm that the platform may change. */
    @Produces
    @Singleton
    Optional<RealmAdministration> administration(IdentitySettings settings, Home home, InstantSource clock) {
        return settings.realm().filter(realm -> Files.exists(home.provisionerSecret())).map(realm ->
                new RealmAdministration(realm.administration(), new ServiceAccount(realm.issuer(), IdentitySettings.PROVISIONER,
                        secret(home.provisionerSecret(), "client " + IdentitySettings.PROVISIONER), clock)));
    }

    private static String secret(Path file, String whose) {
        try {
            String secret = Files.readString(file).strip();
            if (!secret.isEmpty()) {
                return secret;
            }
        } catch (IOException missing) {
            // Falls through to the one message.
        }
        throw new IllegalStateException("The file " + file + " is missing or empty: it must hold the secret of the realm's " + whose + ".");
    }
}
