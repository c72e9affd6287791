package org.altiplano.security.web;

import java.util.Optional;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.identity.SessionToken;

/** Knows the sessions that have not ended. Whoever owns the sessions implements it. */
public interface SessionDirectory {

    /** Whose session the token opens, if it is valid now. */
    Optional<Caller> find(SessionToken token);
}
