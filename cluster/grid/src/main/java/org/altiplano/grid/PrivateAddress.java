package org.altiplano.grid;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * Parses the addresses that a cluster may use. Its members do not authenticate each other, so only the machine itself
 * and private networks will do: loopback, RFC 1918, RFC 4193 (unique local) and link-local.
 */
final class PrivateAddress {

    private PrivateAddress() {
    }

    /** @throws IllegalArgumentException if it is unknown or not private; the message is for the operator */
    static InetAddress parse(String variable, String host) {
        InetAddress address;
        try {
            address = InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(variable + ": the host " + host + " is not known.");
        }
        if (host.isBlank() || !isPrivate(address)) {
            throw new IllegalArgumentException(variable + ": " + (host.isBlank() ? "an empty address" : host)
                    + " is refused; the cluster has no authentication and uses loopback or private addresses only"
                    + " (127.0.0.0/8, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 169.254.0.0/16, ::1, fc00::/7, fe80::/10).");
        }
        return address;
    }

    static boolean isPrivate(InetAddress address) {
        boolean uniqueLocal = address instanceof Inet6Address && (address.getAddress()[0] & 0xfe) == 0xfc;
        boolean siteLocal = address.isSiteLocalAddress() && !(address instanceof Inet6Address);
        return address.isLoopbackAddress() || siteLocal || address.isLinkLocalAddress() || uniqueLocal;
    }
}
