package org.altiplano.platform.usage.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * One account that a generation holds a part of, for as long as it runs.
 *
 * @param policyId whose it is
 * @param period of a window, absent for the meter
 */
record HeldOf(String policyId, Optional<Period> period) {

    private static final String MINUTE = "minute";

    /** All that an order's generations hold, as its reservations say it. */
    static String text(Order order) {
        List<String> all = new ArrayList<>();
        for (UsagePolicy policy : order.policies()) {
            if (policy.limits().metered()) {
                all.add(MINUTE + " " + policy.id());
            }
            policy.limits().periods().forEach(period -> all.add(period.word() + " " + policy.id()));
        }
        return String.join(",", all);
    }

    static List<HeldOf> parse(String text) {
        List<HeldOf> all = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
            int space = one.indexOf(' ');
            String word = one.substring(0, space);
            all.add(new HeldOf(one.substring(space + 1), word.equals(MINUTE) ? Optional.empty() : Optional.of(Period.of(word))));
        }
        return all;
    }

    /** The window. @param submitted when the generation was */
    Optional<BudgetWindow.Key> window(Instant submitted) {
        return period.map(is -> new BudgetWindow.Key(policyId, is, is.start(submitted)));
    }
}
