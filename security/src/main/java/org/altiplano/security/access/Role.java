package org.altiplano.security.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody is to the platform or within a tenant. What each may do stands in {@link Access}. */
public enum Role {

    /** Looks after the installation: tenants, models, workers. Reads nobody's prompts or answers. */
    PLATFORM_ADMIN,

    /** Looks after one tenant: its members, keys and limits. */
    TENANT_ADMIN,

    /** Uses models, and looks after its own keys. Every API key is one, within its scopes. */
    DEVELOPER,

    /** Judges what a tenant's models are asked and answer. */
    SAFETY_REVIEWER,

    /** Sees what was done in a tenant, and changes nothing. */
    AUDITOR;

    /** As databases, tokens and documents spell it, such as {@code platform-admin}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public static Optional<Role> of(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }
}
