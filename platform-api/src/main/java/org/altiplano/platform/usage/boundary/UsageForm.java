package org.altiplano.platform.usage.boundary;

import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.http.control.Fields;
import org.altiplano.platform.http.control.Json;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.control.UsageReports;
import org.altiplano.platform.usage.entity.Bucket;
import org.altiplano.platform.usage.entity.Quota;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageQuestion;
import org.altiplano.platform.usage.entity.UsageSum;

/** Usage and quotas as JSON and as comma-separated values (RFC 4180). */
final class UsageForm {

    private static final List<String> SUMS = List.of("generations", "tokensIn", "tokensCached", "tokensOut", "money");

    private UsageForm() {
    }

    static JsonObject json(UsageQuestion question, List<UsageSum> sums) {
        return Json.object().add("from", question.from().toString()).add("to", question.to().toString())
                .add("truncated", sums.size() > UsageReports.MOST_GROUPS)
                .add("data", Json.array(sums.subList(0, Math.min(sums.size(), UsageReports.MOST_GROUPS)), sum -> {
                    JsonObjectBuilder json = Json.object();
                    for (int i = 0; i < question.by().size(); i++) {
                        json.add(question.by().get(i).word(), sum.group().get(i));
                    }
                    return json.add("generations", sum.generations()).add("tokensIn", sum.tokensIn()).add("tokensCached", sum.tokensCached())
                            .add("tokensOut", sum.tokensOut()).add("money", Money.of(sum.money())).build();
                })).build();
    }

    /** @throws ProblemException 400 where it would not be whole: nobody sees from a table that it was cut */
    static String csv(UsageQuestion question, List<UsageSum> sums) {
        if (sums.size() > UsageReports.MOST_GROUPS) {
            throw Fields.problem("group", "This table has more than " + UsageReports.MOST_GROUPS + " lines: ask for fewer days or groups at once.");
        }
        List<String> names = new ArrayList<>(question.by().stream().map(UsageSum.By::word).toList());
        names.addAll(SUMS);
        StringBuilder csv = new StringBuilder(String.join(",", names)).append("\r\n");
        for (UsageSum sum : sums) {
            sum.group().forEach(value -> csv.append(quoted(value)).append(','));
            csv.append(sum.generations()).append(',').append(sum.tokensIn()).append(',').append(sum.tokensCached()).append(',')
                    .append(sum.tokensOut()).append(',').append(Money.of(sum.money()).toPlainString()).append("\r\n");
        }
        return csv.toString();
    }

    /** A name that a spreadsheet would take for a formula is told as text (OWASP: CSV injection). */
    private static String quoted(String value) {
        String text = !value.isEmpty() && "=+-@\t\r".indexOf(value.charAt(0)) >= 0 ? "'" + value : value;
        return text.matches("[A-Za-z0-9:._/-]*") ? text : "\"" + text.replace("\"", "\"\"") + "\"";
    }

    static JsonObject quota(Quota quota) {
        JsonObjectBuilder json = Json.object().add("policy", PolicyForm.of(quota.policy())).add("running", quota.running());
        for (Bucket bucket : Bucket.values()) {
            tell(json, bucket.word(), quota.standing().of(bucket));
        }
        return json.add("budgets", Json.array(quota.budgets(), budget -> {
            boolean money = budget.unit().equals("money");
            JsonObjectBuilder one = Json.object().add("period", budget.period().word()).add("unit", budget.unit());
            for (Map.Entry<String, Long> entry : List.of(Map.entry("limit", budget.limit()), Map.entry("spent", budget.spent()),
                    Map.entry("reserved", budget.reserved()), Map.entry("remaining", budget.remaining()))) {
                if (money) {
                    one.add(entry.getKey(), Money.of(entry.getValue()));
                } else {
                    one.add(entry.getKey(), entry.getValue());
                }
            }
            return one.add("resetsAt", budget.resets().toString()).build();
        })).build();
    }

    private static void tell(JsonObjectBuilder json, String name, Optional<Standing.Rate> rate) {
        rate.ifPresentOrElse(known -> json.add(name, Json.object().add("limit", known.limit()).add("remaining", known.remaining())
                .add("resetMillis", known.reset().toMillis())), () -> json.addNull(name));
    }
}
