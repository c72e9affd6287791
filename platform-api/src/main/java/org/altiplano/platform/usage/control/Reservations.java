package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Together;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Reserves what a request may use before it begins: all of it under every policy, or nothing. The database is the one truth for
 * all gateways. Requests that come at the same moment share a transaction, since it is the commit that costs; one that is
 * refused leaves the others alone. Owns those that wait for the transaction under way; any thread, which it blocks.
 */
public final class Reservations {

    /** The hold on a meter, beside those on windows of a day or a month. */
    static final String MINUTE = "minute";

    private static final String RESERVATION = "insert into usage_reservation (generation_id, gateway_id, tenant_id, owner, key_id, model,"
            + " submitted_at, input_price, cached_price, output_price, tokens_in, tokens_out) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)";
    private static final String HOLD = "insert into usage_hold (generation_id, policy_id, period, starts_at, tokens, tokens_in, money)"
            + " values (?, ?, ?, ?, ?, ?, ?)";

    private static final int MOST_AT_ONCE = 64;

    /** @param inDoubt is told where nobody knows whether it is reserved */
    private record Asked(Order order, Runnable inDoubt) {
    }

    private final Database database;
    private final String gateway;
    private final Together<Asked, Supplier<Standing>> together = new Together<>(MOST_AT_ONCE, this::reserveAll);

    /** @param gateway whose lease keeps the reservations alive */
    public Reservations(Database database, String gateway) {
        this.database = database;
        this.gateway = gateway;
    }

    /**
     * Reserves what an order asks for.
     *
     * @param inDoubt is told where nobody knows whether it is reserved; the database does not answer then
     * @throws ProblemException 429 if a policy leaves no room; 503 if the database does not answer
     */
    public Standing reserve(Order order, Runnable inDoubt) {
        return together.ask(new Asked(order, inDoubt)).get();
    }

    private List<Supplier<Standing>> reserveAll(List<Asked> asked) {
        if (asked.size() == 1) {
            Standing standing = database.transact(connection -> reserve(connection, asked.get(0).order()), asked.get(0).inDoubt());
            return List.of(() -> standing);
        }
        List<Order> orders = asked.stream().map(Asked::order).toList();
        return database.transact(connection -> {
            lock(connection, orders);
            List<Supplier<Standing>> answers = new ArrayList<>();
            for (Order order : orders) {
                answers.add(orRefuse(connection, order));
            }
            return answers;
        }, () -> asked.forEach(one -> one.inDoubt().run()));
    }

    /** All rows that will be taken from, in the order of all transactions: none waits for another in a circle. */
    private static void lock(Connection connection, List<Order> orders) throws SQLException {
        Set<String> meters = new TreeSet<>();
        Set<String> budgets = new TreeSet<>();
        Set<Instant> starts = new TreeSet<>();
        for (Order order : orders) {
            for (UsagePolicy policy : order.policies()) {
                if (policy.limits().metered()) {
                    meters.add(policy.id());
                }
                for (Period period : Period.values()) {
                    if (policy.limits().budgets(period)) {
                        budgets.add(policy.id());
                        starts.add(period.start(order.submitted()));
                    }
                }
            }
        }
        lock(connection, "usage_meter where policy_id in (" + Parameters.marks(meters.size()) + ") order by policy_id", meters);
        lock(connection, "usage_window where policy_id in (" + Parameters.marks(budgets.size()) + ") and starts_at in ("
                + Parameters.marks(starts.size()) + ") order by policy_id, period, starts_at", Stream.concat(budgets.stream(), starts.stream()).toList());
    }

    private static void lock(Connection connection, String rows, Collection<?> parameters) throws SQLException {
        if (parameters.isEmpty()) {
            return;
        }
        try (PreparedStatement select = connection.prepareStatement("select policy_id from " + rows + " for update")) {
            Parameters.set(select, parameters.toArray());
            select.executeQuery().close();
        }
    }

    private Supplier<Standing> orRefuse(Connection connection, Order order) throws SQLException {
        Savepoint before = connection.setSavepoint();
        try {
            Standing standing = reserve(connection, order);
            return () -> standing;
        } catch (ProblemException refused) {
            connection.rollback(before);
            return () -> {
                throw refused;
            };
        }
    }

    private Standing reserve(Connection connection, Order order) throws SQLException {
        write(connection, order);
        // One order of rows for all transactions, here and in settlements: meters, then windows, each by policy.
        List<UsagePolicy> policies = order.policies().stream().sorted(Comparator.comparing(UsagePolicy::id)).toList();
        Standing standing = Standing.FREE;
        for (UsagePolicy policy : policies) {
            if (policy.limits().metered()) {
                standing = standing.and(new Meter(policy).take(connection, order.generations().size(), order.tokensIn(), order.tokensOut(),
                        order.submitted()));
                hold(connection, order, policy, MINUTE, order.submitted());
            }
        }
        for (UsagePolicy policy : policies) {
            for (Period period : Period.values()) {
                if (policy.limits().budgets(period)) {
                    new BudgetWindow(policy, period, order.submitted()).reserve(connection, order.tokens(), order.money(), order.submitted());
                    hold(connection, order, policy, period.word(), period.start(order.submitted()));
                }
            }
        }
        return standing;
    }

    private void write(Connection connection, Order order) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(RESERVATION)) {
            for (Order.Demand demand : order.generations()) {
                Parameters.set(insert, demand.generationId(), gateway, order.spender().tenant(), order.spender().owner(), order.spender().key(),
                        order.model(), order.submitted(), order.price().input(), order.price().cached(), order.price().output());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static void hold(Connection connection, Order order, UsagePolicy policy, String period, Instant start) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement(HOLD)) {
            for (Order.Demand demand : order.generations()) {
                Parameters.set(insert, demand.generationId(), policy.id(), period, start, demand.tokens(), demand.tokensIn(), order.money(demand));
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }
}
