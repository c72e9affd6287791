package org.altiplano.platform.sessions.entity;

import java.time.Instant;
import java.util.Optional;
import org.altiplano.security.identity.Caller;

/**
 * What is kept of a session of a realm's user.
 *
 * @param digest of the session's token
 * @param caller whose it is, as the realm last said
 * @param name what the realm calls the user
 * @param session which session at the realm it rests on; empty if the realm does not say
 * @param sealedToken the refresh token, sealed under the session's token
 * @param createdAt when the user signed in
 * @param renewAt when the realm is to be asked whether all that still holds
 * @param endsAt when the session ends unless the realm says before that it goes on
 */
public record RealmSession(String digest, Caller caller, String name, Optional<String> session, String sealedToken, Instant createdAt,
                           Instant renewAt, Instant endsAt) {
}
