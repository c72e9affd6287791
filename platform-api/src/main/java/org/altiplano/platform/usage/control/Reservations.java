package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Period;
import org.altiplano.platform.usage.entity.Standing;
import org.altiplano.platform.usage.entity.UsagePolicy;

/**
 * Reserves what a request may use before it begins, in one transaction: all of it under every policy, or nothing. The
 * database is the one truth for all gateways. Owns nothing; any thread, which it blocks.
 */
public final class Reservations {

    /** The hold on a meter, beside those on windows of a day or a month. */
    static final String MINUTE = "minute";

    private static final String RESERVATION = "insert into usage_reservation (generation_id, gateway_id, tenant_id, owner, key_id, model,"
            + " submitted_at, input_price, cached_price, output_price, tokens_in, tokens_out) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0)";
    private static final String HOLD = "insert into usage_hold (generation_id, policy_id, period, starts_at, tokens, tokens_in, money)"
            + " values (?, ?, ?, ?, ?, ?, ?)";

    private final Database database;
    private final String gateway;

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
        // One order of rows for all transactions, so that none waits for another in a circle.
        List<UsagePolicy> policies = order.policies().stream().sorted(Comparator.comparing(UsagePolicy::id)).toList();
        return database.transact(connection -> {
            write(connection, order);
            Standing standing = Standing.FREE;
            for (UsagePolicy policy : policies) {
                if (policy.limits().metered()) {
                    standing = standing.and(new Meter(policy).take(connection, order.generations().size(), order.tokensIn(), order.tokensOut(),
                            order.submitted()));
                    hold(connection, order, policy, MINUTE, order.submitted());
                }
                for (Period period : Period.values()) {
                    if (policy.limits().budgets(period)) {
                        new BudgetWindow(policy, period, order.submitted()).reserve(connection, order.tokens(), order.money(), order.submitted());
                        hold(connection, order, policy, period.word(), period.start(order.submitted()));
                    }
                }
            }
            return standing;
        }, inDoubt);
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
