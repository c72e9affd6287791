package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.TestDatabase;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;

/** A ledger on a real database of its own, with what tests say about it. */
final class TestLedger {

    static final Instant NOON = Instant.parse("2026-11-24T12:00:00Z");
    static final Spender ANN = new Spender("acme", "ann", "k1");
    static final Price PRICE = new Price(500, 100, 1_500);

    final DataSource source;
    final Database database;
    final UsagePolicies policies;
    final Settlements settlements;

    TestLedger(TestDatabase kind) {
        source = kind.migrated();
        database = new Database(source);
        policies = new UsagePolicies(database);
        settlements = new Settlements(database);
    }

    UsagePolicy policy(Scope scope, String subject, UsageLimits limits) {
        return policies.create(new UsagePolicy((scope + subject).toLowerCase(Locale.ROOT), "acme", scope, subject, limits, Keeper.PLATFORM, 1), NOON);
    }

    Standing reserve(String gateway, Instant time, Order.Demand... demands) {
        return reserve(gateway, ANN, time, demands);
    }

    Standing reserve(String gateway, Spender spender, Instant time, Order.Demand... demands) {
        return reserve(gateway, order(spender, time, demands));
    }

    Standing reserve(String gateway, Order order) {
        return new Bookings(database, gateway).reserve(order, () -> { });
    }

    Order order(Spender spender, Instant time, Order.Demand... demands) {
        return new Order(spender, "m", PRICE, List.of(demands), policies.binding(spender), time);
    }

    static Order.Demand demand(String id, long in, long out) {
        return new Order.Demand(id, in, out);
    }

    static Ended ended(String id, long in, long cached, long out) {
        return new Ended(id, true, in, cached, out, Optional.of(Duration.ofMillis(50)), Duration.ofSeconds(1), "stop");
    }

    /** The one row of a query, its columns apart by spaces. */
    String one(String sql) {
        try (Connection connection = source.getConnection(); Statement statement = connection.createStatement(); ResultSet row = statement.executeQuery(sql)) {
            StringBuilder text = new StringBuilder();
            row.next();
            for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                text.append(i == 1 ? "" : " ").append(row.getString(i));
            }
            return text.toString();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
