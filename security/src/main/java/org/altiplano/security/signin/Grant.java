package org.altiplano.security.signin;

import java.time.Instant;
import java.util.Optional;
import org.altiplano.security.identity.Caller;

/** What a realm says when it is asked to sign somebody in, or whether somebody is signed in still. */
public sealed interface Grant {

    /**
     * Somebody is signed in.
     *
     * @param caller who, as calling by the console's session
     * @param name what the user is called there
     * @param session which session at the realm it is; empty if the realm does not say
     * @param refreshToken by which the realm is asked again
     * @param until when it wants to be asked again
     * @param ends when the session at the realm ends unless it is asked again before
     */
    record Given(Caller caller, String name, Optional<String> session, String refreshToken, Instant until, Instant ends) implements Grant {

        @Override
        public String toString() {
            return "Given[" + caller.owner() + "]";
        }
    }

    /** The realm knows the user, but not as a member of exactly one organization. */
    record Homeless() implements Grant {
    }

    /** The realm does not say so, or not in a way that can be believed. */
    record Refused() implements Grant {
    }

    /** The realm does not answer. */
    record Unavailable() implements Grant {
    }
}
