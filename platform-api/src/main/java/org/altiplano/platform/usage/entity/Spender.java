package org.altiplano.platform.usage.entity;

import org.altiplano.security.identity.Caller;

/**
 * On whose account a generation runs.
 *
 * @param tenant id of the tenant
 * @param owner who asked, by name
 * @param key id of the API key that was used, empty if none was
 */
public record Spender(String tenant, String owner, String key) {

    public static Spender of(Caller caller) {
        return new Spender(caller.tenant(), caller.getName(), caller.origin() == Caller.Origin.API_KEY ? caller.owner() : "");
    }
}
