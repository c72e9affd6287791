package org.altiplano.security.identity;

import java.security.Principal;
import java.util.Set;

/**
 * Who is calling.
 *
 * @param tenant id of the tenant that the call belongs to
 * @param owner the API key's id, or the user's name
 * @param origin how the caller proved who it is
 * @param roles what the caller may do
 */
public record Caller(String tenant, String owner, Origin origin, Set<String> roles) implements Principal {

    /** May call the inference API. */
    public static final String INFERENCE = "inference";

    /** May see and change the platform. */
    public static final String PLATFORM_ADMIN = "platform-admin";

    /** How a caller proved who it is. */
    public enum Origin { API_KEY, SESSION }

    public Caller {
        roles = Set.copyOf(roles);
    }

    @Override
    public String getName() {
        return origin == Origin.API_KEY ? "key:" + owner : owner;
    }
}
