package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.altiplano.platform.database.control.Parameters;

/** Owns what a transaction adds to {@code usage_day}, until it is written; one thread. */
final class DailySums {

    private static final String ADD = "update usage_day set generations = generations + ?, tokens_in = tokens_in + ?,"
            + " tokens_cached = tokens_cached + ?, tokens_out = tokens_out + ?, money = money + ?"
            + " where tenant_id = ? and used_on = ? and model = ? and owner = ? and key_id = ?";
    private static final String OPEN = "insert into usage_day (generations, tokens_in, tokens_cached, tokens_out, money, tenant_id, used_on, model,"
            + " owner, key_id) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

    /** One row. */
    record Day(String tenant, LocalDate day, String model, String owner, String key) {
    }

    private record Sum(long generations, long tokensIn, long cached, long tokensOut, long money) {

        Sum plus(Sum other) {
            return new Sum(generations + other.generations, tokensIn + other.tokensIn, cached + other.cached, tokensOut + other.tokensOut,
                    money + other.money);
        }
    }

    /** Every transaction takes the rows in this order. */
    private final Map<Day, Sum> sums = new TreeMap<>(Comparator.comparing(Day::tenant).thenComparing(Day::day)
            .thenComparing(Day::model).thenComparing(Day::owner).thenComparing(Day::key));

    void add(Day day, long generations, long tokensIn, long cached, long tokensOut, long money) {
        sums.merge(day, new Sum(generations, tokensIn, cached, tokensOut, money), Sum::plus);
    }

    /** Fails where another transaction makes the same row at the same time; the whole is then repeated. */
    void write(Connection connection) throws SQLException {
        if (sums.isEmpty()) {
            return;
        }
        List<Day> days = List.copyOf(sums.keySet());
        int[] updated = write(connection, ADD, days);
        List<Day> missing = IntStream.range(0, updated.length).filter(i -> updated[i] == 0).mapToObj(days::get).toList();
        if (!missing.isEmpty()) {
            write(connection, OPEN, missing);
        }
    }

    private int[] write(Connection connection, String sql, List<Day> days) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (Day day : days) {
                Sum sum = sums.get(day);
                Parameters.set(statement, sum.generations(), sum.tokensIn(), sum.cached(), sum.tokensOut(), sum.money(),
                        day.tenant(), day.day(), day.model(), day.owner(), day.key());
                statement.addBatch();
            }
            return statement.executeBatch();
        }
    }
}
