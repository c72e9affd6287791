package org.altiplano.platform.usage.entity;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * What is asked of the ledger.
 *
 * @param from first day, in UTC
 * @param to last day
 * @param tenant whose usage; absent: everybody's
 * @param owner whose usage within the tenant
 * @param by how it is grouped; empty: one sum
 */
public record UsageQuestion(LocalDate from, LocalDate to, Optional<String> tenant, Optional<String> owner, List<UsageSum.By> by) {

    public UsageQuestion {
        by = List.copyOf(by);
    }
}
