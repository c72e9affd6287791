package org.altiplano.security.apikey;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IP addresses in CIDR notation (RFC 4632, RFC 4291), such as {@code 10.0.0.0/8}; an address alone is the
 * range of itself. An IPv4 address that is written as an IPv6 one ({@code ::ffff:10.0.0.1}) is the IPv4 address.
 *
 * @param network the lowest address
 * @param prefix how many leading bits all addresses share
 */
public record AddressRange(InetAddress network, int prefix) {

    private static final String DECIMAL = "(?:0|[1-9][0-9]{0,2})";
    /** Nothing else may reach the resolver, which would take it for the name of a host and ask the network for it. */
    private static final Pattern LITERAL =
            Pattern.compile(DECIMAL + "(?:\\." + DECIMAL + "){3}|(?=[^:]*:)[0-9a-fA-F:]{2,39}(?:(?<=:)" + DECIMAL + "(?:\\." + DECIMAL + "){3})?");
    private static final Pattern FORM = Pattern.compile("([^/]+)(?:/(0|[1-9][0-9]{0,2}))?");

    /** The range that the text spells; empty if it spells none, or has bits set behind its prefix. */
    public static Optional<AddressRange> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        return address(form.group(1)).flatMap(network -> {
            int bits = 8 * network.getAddress().length;
            int prefix = form.group(2) == null ? bits : Integer.parseInt(form.group(2));
            AddressRange range = new AddressRange(network, Math.min(prefix, bits));
            boolean lowest = prefix <= bits && Arrays.equals(masked(network.getAddress(), prefix), network.getAddress());
            return lowest ? Optional.of(range) : Optional.empty();
        });
    }

    /** Whether the address, in digits and not a name, lies in the range. */
    public boolean contains(String address) {
        return address(address).map(InetAddress::getAddress).filter(bytes -> bytes.length == network.getAddress().length)
                .filter(bytes -> Arrays.equals(masked(bytes, prefix), network.getAddress())).isPresent();
    }

    /** As it is parsed again, such as {@code 10.0.0.0/8}. */
    public String text() {
        return network.getHostAddress() + "/" + prefix;
    }

    private static Optional<InetAddress> address(String text) {
        if (!LITERAL.matcher(text).matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(text));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static byte[] masked(byte[] address, int prefix) {
        byte[] masked = address.clone();
        for (int i = 0; i < masked.length; i++) {
            int kept = Math.max(0, Math.min(8, prefix - 8 * i));
            masked[i] &= (byte) (0xff << (8 - kept));
        }
        return masked;
    }
}
