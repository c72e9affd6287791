package org.altiplano.security.token;

/** What is to be made of a message that a session at the realm has ended. */
public sealed interface LogoutVerdict {

    /** The realm says so. */
    record Ended(EndedSession session) implements LogoutVerdict {
    }

    /** Nothing can be said, since the realm's keys are not known. */
    record Undecided() implements LogoutVerdict {
    }

    /** The realm has not said so, or not to this platform, or not now. */
    record Refused() implements LogoutVerdict {
    }
}
