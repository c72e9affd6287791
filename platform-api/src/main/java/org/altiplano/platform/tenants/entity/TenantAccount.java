package org.altiplano.platform.tenants.entity;

import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A tenant as its administrators see it.
 *
 * @param id of the tenant
 * @param name for people
 * @param status whether its callers are served
 * @param weight its share of busy workers, relative to other tenants', above 0
 * @param models the only ones that it sees and may use; absent: every one
 * @param deleteAfter when a deleted tenant is deleted for good
 * @param createdAt when it came to be
 * @param version grows with every change
 */
public record TenantAccount(String id, String name, Status status, double weight, Optional<Set<String>> models,
                            Optional<Instant> deleteAfter, Instant createdAt, long version) {

    /** Whether a tenant's callers are served. */
    public enum Status {
        ACTIVE, SUSPENDED, DELETED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        public static Status of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    public TenantAccount {
        models = models.map(Set::copyOf);
        if (!(weight > 0)) {
            throw new IllegalArgumentException("weight is out of range: " + weight);
        }
    }

    /** Whether the time is over in which its deletion can be taken back. */
    public boolean isGone(Instant now) {
        return deleteAfter.filter(end -> !now.isBefore(end)).isPresent();
    }

    /** Whether it sees and may use a model. */
    public boolean mayUse(String model) {
        return models.isEmpty() || models.get().contains(model);
    }
}
