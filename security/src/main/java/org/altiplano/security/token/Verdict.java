package org.altiplano.security.token;

import org.altiplano.security.identity.Caller;

/** What a caller's credentials prove. */
public sealed interface Verdict {

    /** Who calls. */
    record Known(Caller caller) implements Verdict {
    }

    /** The token is the identity provider's own, but does not say of exactly one organization whose it is. */
    record Homeless() implements Verdict {
    }

    /** Nothing can be said, since whoever knows the credentials does not answer. */
    record Undecided() implements Verdict {
    }

    /** Nothing. */
    record Refused() implements Verdict {
    }
}
