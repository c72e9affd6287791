package org.altiplano.security.apikey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.security.access.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyLimitsTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @ParameterizedTest
    @CsvSource({"10.0.0.0/8,10.255.255.255,true", "10.0.0.0/8,11.0.0.0,false", "10.0.0.0/8,9.255.255.255,false",
            "192.168.1.128/25,192.168.1.128,true", "192.168.1.128/25,192.168.1.127,false", "10.1.2.3,10.1.2.3,true",
            "10.1.2.3,10.1.2.4,false", "0.0.0.0/0,203.0.113.9,true", "0.0.0.0/0,::1,false", "::/0,::1,true", "::/0,10.0.0.1,false",
            "2001:db8::/32,2001:db8:ffff::1,true", "2001:db8::/32,2001:db9::,false", "2001:db8::/33,2001:db8:8000::,false",
            "::1,0:0:0:0:0:0:0:1,true", "10.0.0.0/8,::ffff:10.0.0.1,true", "fe80::/10,fe80::1,true"})
    void containsExactlyTheAddressesOfARange(String range, String address, boolean inside) {
        assertEquals(inside, AddressRange.parse(range).orElseThrow().contains(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.1/8", "10.0.0/8", "10.1",
            "167772160", "0x0a000001", "010.0.0.1", "256.0.0.1", "10.0.0.0/8/8", "localhost", "example.org", "cafe", "fe80::1%lo",
            "::/129", "2001:db8::1/32", ":::", "1::2::3", "[::1]", " 10.0.0.0/8", "10.0.0.0/8 ", "10.0.0.0/1000"})
    void refusesWhatIsNoRangeAndNeverAsksTheNetwork(String text) {
        assertEquals(Optional.empty(), AddressRange.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "", "fe80::1%lo", "10.0.0.1/32"})
    void containsNothingThatIsNoAddress(String address) {
        assertFalse(AddressRange.parse("0.0.0.0/0").orElseThrow().contains(address));
        assertFalse(AddressRange.parse("::/0").orElseThrow().contains(address));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "10.1.2.3/32", "2001:db8:0:0:0:0:0:0/32"})
    void spellsARangeAsItIsParsed(String text) {
        assertEquals(text, AddressRange.parse(text).orElseThrow().text());
    }

    @Test
    void admitsUntilTheInstantOfItsExpiry() {
        KeyLimits limits = limits(List.of(), Optional.of(NOW));
        assertTrue(limits.admits("10.0.0.1", NOW.minusNanos(1)));
        assertFalse(limits.admits("10.0.0.1", NOW));
        assertTrue(KeyLimits.NONE.admits("10.0.0.1", Instant.MAX));
    }

    @Test
    void admitsTheAddressesOfAnyOfItsRanges() {
        KeyLimits limits = limits(List.of(range("10.0.0.0/8"), range("::1")), Optional.empty());
        assertTrue(limits.admits("10.9.9.9", NOW));
        assertTrue(limits.admits("0:0:0:0:0:0:0:1", NOW));
        assertFalse(limits.admits("127.0.0.1", NOW));
        assertFalse(limits.admits("not an address", NOW));
    }

    private static KeyLimits limits(List<AddressRange> addresses, Optional<Instant> expiresAt) {
        return new KeyLimits(Set.of(Scope.INFERENCE), Optional.empty(), addresses, expiresAt);
    }

    private static AddressRange range(String text) {
        return AddressRange.parse(text).orElseThrow();
    }
}
