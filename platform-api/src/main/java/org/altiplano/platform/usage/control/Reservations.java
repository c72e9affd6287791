package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Together;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Standing;

/**
 * Reserves what a request may use before it begins: all of it under every policy, or nothing. The database is the one truth for
 * all gateways. Requests that come at the same moment share a transaction, since it is the commit that costs: it locks what they
 * take from, judges one after the other and writes what is left; one that is refused leaves the others alone. Owns those that wait
 * for the transaction under way; any thread, which it blocks.
 */
public final class Reservations {

    private static final String RESERVATION = "insert into usage_reservation (generation_id, gateway_id, tenant_id, owner, key_id, model,"
            + " submitted_at, input_price, cached_price, output_price, tokens_in, tokens_out, tokens_held, tokens_in_held, money_held, held_of)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)";

    private static final int MOST_AT_ONCE = 64;
    /** Of the requests that come at once, from one transaction to the next: commits are what costs, and more so in H2. */
    static final Duration GATHERING = Duration.ofMillis(3);

    /** @param inDoubt is told where nobody knows whether it is reserved */
    private record Asked(Order order, Runnable inDoubt) {
    }

    private final Database database;
    private final String gateway;
    private final Together<Asked, Supplier<Standing>> together = new Together<>(MOST_AT_ONCE, GATHERING, this::reserveAll);

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
        List<Order> orders = asked.stream().map(Asked::order).toList();
        return database.transact(connection -> {
            Accounts accounts = Accounts.lock(connection, orders);
            List<Supplier<Standing>> answers = new ArrayList<>();
            List<Order> taken = new ArrayList<>();
            for (Order order : orders) {
                try {
                    Standing standing = accounts.take(order);
                    taken.add(order);
                    answers.add(() -> standing);
                } catch (ProblemException refused) {
                    answers.add(() -> {
                        throw refused;
                    });
                }
            }
            write(connection, taken);
            accounts.write(connection);
            return answers;
        }, () -> asked.forEach(one -> one.inDoubt().run()));
    }

    private void write(Connection connection, List<Order> orders) throws SQLException {
        if (orders.isEmpty()) {
            return;
        }
        try (PreparedStatement insert = connection.prepareStatement(RESERVATION)) {
            for (Order order : orders) {
                String heldOf = HeldOf.text(order);
                for (Order.Demand demand : order.generations()) {
                    Parameters.set(insert, demand.generationId(), gateway, order.spender().tenant(), order.spender().owner(), order.spender().key(),
                            order.model(), order.submitted(), order.price().input(), order.price().cached(), order.price().output(),
                            demand.tokens(), demand.tokensIn(), order.money(demand), heldOf);
                    insert.addBatch();
                }
            }
            insert.executeBatch();
        }
    }
}
