package org.altiplano.platform.usage.control;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * One account that a generation holds a part of, for as long as it runs.
 *
 * @param policyId whose it is
 * @param period of a window, absent for the meter
 * @param rated whether it holds of the meter's rates too, and not only one of the generations at once: not if it ran before these counted
 */
record HeldOf(String policyId, Optional<Period> period, boolean rated) {

    private static final String MINUTE = "minute";
    private static final String RUNNING = "running";

    /** Of a policy's generations at once, and of nothing else. */
    static HeldOf running(String policyId) {
        return new HeldOf(policyId, Optional.empty(), false);
    }

    static HeldOf window(String policyId, Period period) {
        return new HeldOf(policyId, Optional.of(period), false);
    }

    /** All that an order's generations hold, as its reservations say it. */
    static String text(Order order) {
        List<HeldOf> all = new ArrayList<>();
        for (UsagePolicy policy : order.policies()) {
            if (policy.limits().metered()) {
                all.add(new HeldOf(policy.id(), Optional.empty(), true));
            }
            policy.limits().periods().forEach(period -> all.add(window(policy.id(), period)));
        }
        return text(all);
    }

    static String text(List<HeldOf> all) {
        return all.stream().map(one -> one.period().map(Period::word).orElse(one.rated() ? MINUTE : RUNNING) + " " + one.policyId())
                .collect(Collectors.joining(","));
    }

    static List<HeldOf> parse(String text) {
        List<HeldOf> all = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
            int space = one.indexOf(' ');
            String word = one.substring(0, space);
            String policy = one.substring(space + 1);
            all.add(word.equals(MINUTE) ? new HeldOf(policy, Optional.empty(), true) : word.equals(RUNNING) ? running(policy) : window(policy, Period.of(word)));
        }
        return all;
    }

    /** The window. @param submitted when the generation was */
    Optional<BudgetWindow.Key> window(Instant submitted) {
        return period.map(is -> new BudgetWindow.Key(policyId, is, is.start(submitted)));
    }
}
