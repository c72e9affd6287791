package org.altiplano.contract;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The UTF-8 bytes that a token stands for; not necessarily whole characters. */
public record TokenBytes(byte[] value) {

    public static final TokenBytes EMPTY = new TokenBytes(new byte[0]);

    public static TokenBytes of(String text) {
        return new TokenBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The bytes as text, U+FFFD standing for what is no whole character. */
    public String text() {
        return new String(value, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TokenBytes bytes && Arrays.equals(value, bytes.value);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
        return text();
    }
}
