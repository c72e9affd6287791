package org.altiplano.platform.tenants.control;

import org.altiplano.security.identity.Caller;
import org.altiplano.security.token.TokenAuthority;
import org.altiplano.security.token.Verdict;

/** Judges a realm's access tokens, and calls tenants as the platform does instead of by their organizations' ids. Owns nothing; any thread. */
public final class TenantTokens implements TokenAuthority {

    private final TokenAuthority realm;
    private final OrganizationTenants tenants;

    public TenantTokens(TokenAuthority realm, OrganizationTenants tenants) {
        this.realm = realm;
        this.tenants = tenants;
    }

    @Override
    public Verdict judge(String token) {
        Verdict verdict = realm.judge(token);
        if (!(verdict instanceof Verdict.Known known)) {
            return verdict;
        }
        Caller caller = known.caller();
        return tenants.tenantOf(caller.tenant())
                .<Verdict>map(tenant -> new Verdict.Known(Caller.unlimited(tenant, caller.owner(), caller.origin(), caller.roles())))
                .orElseGet(Verdict.Homeless::new);
    }
}
