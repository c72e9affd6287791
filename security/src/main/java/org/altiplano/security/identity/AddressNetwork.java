package org.altiplano.security.identity;

import java.util.Arrays;

/** What counts as one place where addresses are counted: all of an IPv6 network of 64 bits, since who has one of them has them all. Owns nothing. */
public final class AddressNetwork {

    private static final int IPV6_GROUPS = 8;

    private AddressNetwork() {
    }

    /** @param address as Java spells addresses, so that no group is left out; an IPv4 one is a place of its own */
    public static String of(String address) {
        String[] groups = address.split(":");
        return groups.length == IPV6_GROUPS ? String.join(":", Arrays.copyOf(groups, IPV6_GROUPS / 2)) : address;
    }
}
