package org.altiplano.platform.usage.entity;

import org.altiplano.security.identity.Caller;

/**
 * On whose account a generation runs.
 *
 * @param tenant id of the tenant
 * @param owner who asked, by name; of an API key the user whose it is, or the key where that was never written down
 * @param key id of the API key that was used, empty if none was
 */
public record Spender(String tenant, String owner, String key) {

    public static Spender of(Caller caller) {
        return new Spender(caller.tenant(), caller.owner().isEmpty() ? caller.getName() : caller.owner(), caller.key().orElse(""));
    }
}
