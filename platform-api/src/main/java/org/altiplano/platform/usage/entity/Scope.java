package org.altiplano.platform.usage.entity;

/** Whom a usage policy binds. */
public enum Scope {
    /** All of a tenant together. */
    TENANT,
    /** One who asks, by name, with all its keys together. */
    OWNER,
    /** One API key. */
    KEY
}
