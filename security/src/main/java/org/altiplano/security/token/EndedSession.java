package org.altiplano.security.token;

import java.time.Instant;
import java.util.Optional;

/**
 * What a realm says of a session that has ended there (OpenID Connect Back-Channel Logout 1.0).
 *
 * @param id of the message, which is good once
 * @param until when the message is good for nothing any more
 * @param session which of the user's has ended; empty if all have
 * @param subject whose; empty if the session alone is named
 */
public record EndedSession(String id, Instant until, Optional<String> session, Optional<String> subject) {
}
