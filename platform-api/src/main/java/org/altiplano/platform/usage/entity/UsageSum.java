package org.altiplano.platform.usage.entity;

import java.util.List;
import java.util.Locale;

/**
 * What a group of generations has used.
 *
 * @param group the group's values, in the order in which was grouped
 * @param money in billionths of the currency
 */
public record UsageSum(List<String> group, long generations, long tokensIn, long tokensCached, long tokensOut, long money) {

    public UsageSum {
        group = List.copyOf(group);
    }

    /** By what usage can be grouped. */
    public enum By {
        TENANT("tenant_id"), DAY("used_on"), MODEL("model"), KEY("key_id"), OWNER("owner");

        private final String column;

        By(String column) {
            this.column = column;
        }

        public String column() {
            return column;
        }

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
