package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Keeper;
import org.altiplano.platform.usage.entity.Limit;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Price;
import org.altiplano.platform.usage.entity.Scope;
import org.altiplano.platform.usage.entity.Spender;
import org.altiplano.platform.usage.entity.UsageLimits;
import org.altiplano.platform.usage.entity.UsagePolicy;
import org.h2.jdbcx.JdbcDataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A gateway in a process of its own that reserves and settles without end, and says so, until it is killed. */
final class DoomedGateway {

    static final UsagePolicy POLICY = new UsagePolicy("p", "acme", Scope.TENANT, "", UsageLimits.NONE.with(Limit.TOKENS_PER_MINUTE, 1_000_000_000)
            .with(Limit.CONCURRENT_GENERATIONS, 1_000_000).with(Limit.TOKENS_PER_DAY, 1_000_000_000), Keeper.PLATFORM, 1);

    private DoomedGateway() {
    }

    static DataSource source(String url) {
        if (url.startsWith("jdbc:h2:")) {
            JdbcDataSource source = new JdbcDataSource();
            source.setURL(url);
            return source;
        }
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser("postgres");
        return source;
    }

    /** @param arguments the database's address */
    public static void main(String[] arguments) throws SQLException {
        DataSource source = source(arguments[0]);
        // While one connection is open H2 keeps the database open.
        try (Connection open = source.getConnection()) {
            open.getMetaData();
            work(new Database(source));
        }
    }

    private static void work(Database database) {
        Bookings bookings = new Bookings(database, "doomed");
        Settlements settlements = new Settlements(database);
        GatewayLease lease = new GatewayLease(database, "doomed", System::nanoTime);
        for (int i = 0; ; i++) {
            Instant now = Instant.now();
            RunningGeneration generation = new RunningGeneration("r" + i, true, now);
            bookings.reserve(new Order(new Spender("acme", "ann", "k"), "m", Price.FREE, List.of(new Order.Demand("r" + i, 10, 90)),
                    List.of(POLICY), now), () -> { });
            say("reserved r" + i);
            generation.accepted(10);
            generation.produced(5);
            lease.renew(List.of(generation));
            if (i % 3 > 0) {
                settlements.settle(List.of(new Ended("r" + i, true, 10, 0, 20, Optional.empty(), Duration.ZERO, "stop")));
                say("settled r" + i);
            }
        }
    }

    private static void say(String line) {
        System.out.println(line);
    }
}
