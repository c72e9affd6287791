package org.altiplano.platform.usage.boundary;

import jakarta.ws.rs.QueryParam;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Search;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.platform.usage.entity.UsageSum;

/** What every question for usage names: days and groups, as the query of an address tells them; null where it does not. */
public class AskedUsage {

    @QueryParam("from")
    private String from;
    @QueryParam("to")
    private String to;
    @QueryParam("group")
    private String group;

    /** By default this month until today, in one sum. */
    UsageQuestion question(Optional<String> tenant, Optional<String> owner, Instant now) {
        LocalDate today = now.atOffset(ZoneOffset.UTC).toLocalDate();
        LocalDate first = Search.day("from", from).orElse(today.withDayOfMonth(1));
        LocalDate last = Search.day("to", to).orElse(today);
        if (last.isBefore(first)) {
            throw Fields.problem("to", "'to' must not be before 'from'.");
        }
        List<UsageSum.By> by = new ArrayList<>();
        for (String word : group == null || group.isEmpty() ? List.<String>of() : List.of(group.split(",", -1))) {
            UsageSum.By one = Arrays.stream(UsageSum.By.values()).filter(known -> known.word().equals(word)).findFirst()
                    .orElseThrow(() -> Fields.problem("group", "'group' must be a comma list of tenant, day, model, key and owner."));
            if (by.contains(one)) {
                throw Fields.problem("group", "'group' must name each only once.");
            }
            by.add(one);
        }
        return new UsageQuestion(first, last, tenant, owner, by);
    }
}
