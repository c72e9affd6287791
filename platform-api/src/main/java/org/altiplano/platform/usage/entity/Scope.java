package org.altiplano.platform.usage.entity;

/** Whom a usage policy binds. */
public enum Scope {
    /** All of a tenant together. */
    TENANT,
    /** One who asks, by name, with all its keys together. */
    OWNER,
    /** One API key. */
    KEY;

    /** Whom of this scope a spender is; empty if nobody. */
    public String subject(Spender spender) {
        return switch (this) {
            case TENANT -> "";
            case OWNER -> spender.owner();
            case KEY -> spender.key();
        };
    }
}
