package org.altiplano.platform.usage.boundary;

import jakarta.json.JsonNumber;
import java.math.BigDecimal;
import java.util.OptionalLong;
import org.altiplano.platform.http.control.Fields;

/** Amounts as JSON tells them, in the currency, and as the platform counts them, in its billionths. */
final class Money {

    private static final int PLACES = 9;
    /** A thousand million: well below what 64 bits hold. */
    private static final BigDecimal MOST = BigDecimal.valueOf(1_000_000_000);
    private static final int PRICE_PLACES = 3;
    /** So that no request's price is more than 64 bits hold. */
    private static final BigDecimal HIGHEST_PRICE = BigDecimal.valueOf(1_000_000);

    private Money() {
    }

    static BigDecimal of(long billionths) {
        return BigDecimal.valueOf(billionths, PLACES).stripTrailingZeros().max(BigDecimal.ZERO);
    }

    /** An amount in the currency, in billionths. */
    static OptionalLong read(Fields fields, String name) {
        return read(fields, name, MOST, PLACES, PLACES);
    }

    /** A price per million tokens, in thousandths, which are billionths per token. */
    static OptionalLong perMillion(Fields fields, String name) {
        return read(fields, name, HIGHEST_PRICE, PRICE_PLACES, PRICE_PLACES);
    }

    private static OptionalLong read(Fields fields, String name, BigDecimal most, int places, int shift) {
        return fields.value(name).map(value -> {
            if (value instanceof JsonNumber number && number.bigDecimalValue().signum() >= 0 && number.bigDecimalValue().compareTo(most) <= 0
                    && number.bigDecimalValue().stripTrailingZeros().scale() <= places) {
                return OptionalLong.of(number.bigDecimalValue().movePointRight(shift).longValueExact());
            }
            throw Fields.problem(fields.path(name), "'" + fields.path(name) + "' must be a number between 0 and " + most + " with at most "
                    + places + " decimal places.");
        }).orElse(OptionalLong.empty());
    }
}
