package org.altiplano.security.token;

import org.altiplano.security.identity.Caller;

/** What an access token proves. */
public sealed interface Verdict {

    /** Who calls. */
    record Known(Caller caller) implements Verdict {
    }

    /** The token is the identity provider's own, but does not say of exactly one organization whose it is. */
    record Homeless() implements Verdict {
    }

    /** Nothing can be said: the identity provider does not answer, and of its keys none are known. */
    record Undecided() implements Verdict {
    }

    /** Nothing. */
    record Refused() implements Verdict {
    }
}
