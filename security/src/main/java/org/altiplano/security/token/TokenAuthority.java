package org.altiplano.security.token;

/** Judges the access tokens of an identity provider; any thread. */
@FunctionalInterface
public interface TokenAuthority {

    /** Of an installation that has users of its own and no identity provider: no token proves anything. */
    TokenAuthority NONE = token -> new Verdict.Refused();

    /** @param token as it was sent, whatever it is */
    Verdict judge(String token);
}
