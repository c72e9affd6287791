package org.altiplano.platform.usage.entity;

/**
 * How much a tenant, one of its owners or one of its keys may use. At most one binds each.
 *
 * @param id of the policy
 * @param tenant id of the tenant
 * @param scope whom it binds
 * @param subject which one: empty for the tenant, an owner's name, a key's id
 * @param limits what it allows
 * @param keeper who looks after it
 * @param version grows with every change
 */
public record UsagePolicy(String id, String tenant, Scope scope, String subject, UsageLimits limits, Keeper keeper, long version) {

    /** For people: whose limit it is. */
    public String words() {
        return switch (scope) {
            case TENANT -> "the tenant";
            case OWNER -> "this caller";
            case KEY -> "this API key";
        };
    }
}
