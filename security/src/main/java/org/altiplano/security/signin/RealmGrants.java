package org.altiplano.security.signin;

/** Knows what became of those who signed in at a realm; any thread. */
public interface RealmGrants {

    /** Whether somebody is signed in still, and as what. */
    Grant renew(String refreshToken);

    /**
     * Ends the session at the realm, and with it the ones of all its clients.
     *
     * @return whether the realm has done so
     */
    boolean signOut(String refreshToken);
}
