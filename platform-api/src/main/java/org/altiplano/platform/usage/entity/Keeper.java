package org.altiplano.platform.usage.entity;

import java.util.Locale;

/** Who looks after a usage policy. */
public enum Keeper {
    /** The platform's administrators alone: a tenant's can only add to what these have set. */
    PLATFORM,
    /** The tenant's administrators, and those of the platform. */
    TENANT;

    /** As JSON spells it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
