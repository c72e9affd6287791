package org.altiplano.platform.http.control;

import java.math.BigDecimal;

/**
 * The values that a number may take.
 *
 * @param low least value, allowed itself
 * @param high greatest value, allowed itself
 * @param words the range as the caller reads it
 */
public record Range(double low, double high, String words) {

    public static Range of(double low, double high) {
        return new Range(low, high, "between " + plain(low) + " and " + plain(high));
    }

    /** Above zero, up to a bound. */
    public static Range positive(double high) {
        return new Range(Double.MIN_VALUE, high, "greater than 0 and at most " + plain(high));
    }

    /** False for NaN. */
    boolean contains(double value) {
        return value >= low && value <= high;
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? new BigDecimal(value).toPlainString() : Double.toString(value);
    }
}
