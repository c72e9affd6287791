package org.altiplano.security.token;

import java.math.BigInteger;
import java.util.List;

/**
 * Knows RSA keys whose primes a faulty library made, so that anybody can find them (ROCA, CVE-2017-15361): of such a modulus every
 * remainder by these small primes is a power of 65537, which by chance one in 2^28 is. Owns nothing; any thread.
 */
final class RocaKeys {

    private static final List<Integer> PRIMES = List.of(11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157);
    private static final int GENERATOR = 65_537;

    private RocaKeys() {
    }

    static boolean contain(BigInteger modulus) {
        return PRIMES.stream().allMatch(prime -> isPower(modulus.mod(BigInteger.valueOf(prime)).intValueExact(), prime));
    }

    private static boolean isPower(int remainder, int prime) {
        int power = 1;
        do {
            if (power == remainder) {
                return true;
            }
            power = power * (GENERATOR % prime) % prime;
        } while (power != 1);
        return false;
    }
}
