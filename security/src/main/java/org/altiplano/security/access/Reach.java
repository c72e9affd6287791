package org.altiplano.security.access;

/** How far an operation goes for a role, from nothing to everything. */
public enum Reach {

    /** It may not. */
    NONE,

    /** On its own behalf and on what it owns. */
    OWN,

    /** On all that belongs to the caller's tenant. */
    TENANT,

    /** On everything, whosever it is. */
    PLATFORM
}
