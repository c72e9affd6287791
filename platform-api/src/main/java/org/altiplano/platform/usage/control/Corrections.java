package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Price;

/**
 * Puts right what was written of generations whose gateway was taken for dead and was not, such as one that could not
 * reach the database for a while: their rows say what was really used, and so do the day's sums and the budgets. The only
 * change that a row of the ledger can see, and only once. Owns nothing.
 */
final class Corrections {

    private static final String LOST = "select * from usage_ledger where finish_reason = ? and generation_id in (";
    private static final String ROW = "update usage_ledger set tokens_in = ?, tokens_cached = ?, tokens_out = ?, ttft_ms = ?, duration_ms = ?,"
            + " finish_reason = ?, money = ? where generation_id = ?";
    /** What was held is given back already, so that only the policies that bind now can say which budgets these are. */
    private static final String WINDOWS = "update usage_window set tokens_spent = tokens_spent + ?, money_spent = money_spent + ?"
            + " where (period = 'day' and starts_at = ? or period = 'month' and starts_at = ?) and policy_id in (select id from usage_policy"
            + " where tenant_id = ? and (scope = 'TENANT' or scope = 'OWNER' and subject = ? or scope = 'KEY' and subject = ?))";

    /** A row as it is, and what it should say. */
    private record Correction(Ended ended, String tenant, String owner, String key, String model, Instant submitted, long tokensIn, long tokensOut,
                              long moneyBefore, long money) {

        long tokensMore() {
            return ended.tokensIn() + ended.tokensOut() - tokensIn - tokensOut;
        }
    }

    private Corrections() {
    }

    /** @param ended by the one who ran them; those that nobody took for lost are left alone */
    static void apply(Connection connection, Collection<Ended> ended) throws SQLException {
        Map<String, Ended> known = ended.stream().filter(one -> !one.reason().equals(Ended.GATEWAY_LOST))
                .collect(Collectors.toMap(Ended::generationId, Function.identity(), (first, second) -> first, TreeMap::new));
        if (known.isEmpty()) {
            return;
        }
        DailySums sums = new DailySums();
        for (Correction one : find(connection, known)) {
            write(connection, one);
            sums.add(new DailySums.Day(one.tenant(), one.submitted().atOffset(ZoneOffset.UTC).toLocalDate(), one.model(), one.owner(), one.key()),
                    0, one.ended().tokensIn() - one.tokensIn(), one.ended().tokensCached(), one.ended().tokensOut() - one.tokensOut(),
                    one.money() - one.moneyBefore());
        }
        sums.write(connection);
    }

    private static List<Correction> find(Connection connection, Map<String, Ended> known) throws SQLException {
        List<Correction> corrections = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(LOST + Parameters.marks(known.size()) + ") order by generation_id for update")) {
            List<Object> parameters = new ArrayList<>(List.of(Ended.GATEWAY_LOST));
            parameters.addAll(known.keySet());
            Parameters.set(select, parameters.toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    Ended ended = known.get(row.getString("generation_id"));
                    Price price = new Price(row.getLong("input_price"), row.getLong("cached_price"), row.getLong("output_price"));
                    corrections.add(new Correction(ended, row.getString("tenant_id"), row.getString("owner"), row.getString("key_id"),
                            row.getString("model"), Parameters.instant(row, "submitted_at"), row.getLong("tokens_in"), row.getLong("tokens_out"),
                            row.getLong("money"), price.of(ended.tokensIn(), ended.tokensCached(), ended.tokensOut())));
                }
            }
        }
        return corrections;
    }

    private static void write(Connection connection, Correction one) throws SQLException {
        Ended ended = one.ended();
        try (PreparedStatement row = connection.prepareStatement(ROW); PreparedStatement windows = connection.prepareStatement(WINDOWS)) {
            Parameters.set(row, ended.tokensIn(), ended.tokensCached(), ended.tokensOut(), ended.timeToFirstToken()
                    .map(time -> OptionalLong.of(time.toMillis())).orElse(OptionalLong.empty()), ended.duration().toMillis(), ended.reason(),
                    one.money(), ended.generationId());
            row.executeUpdate();
            Parameters.set(windows, one.tokensMore(), one.money() - one.moneyBefore(), Period.DAY.start(one.submitted()),
                    Period.MONTH.start(one.submitted()), one.tenant(), one.owner(), one.key());
            windows.executeUpdate();
        }
    }
}
