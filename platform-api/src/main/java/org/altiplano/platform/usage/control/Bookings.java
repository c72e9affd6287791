package org.altiplano.platform.usage.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Together;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.usage.control.Settlements.Settled;
import org.altiplano.platform.usage.entity.Ended;
import org.altiplano.platform.usage.entity.Order;
import org.altiplano.platform.usage.entity.Standing;

/**
 * Reserves what a request may use before it begins - all of it under every policy, or nothing - and settles what others have used. The
 * database is the one truth for all gateways. What comes at the same moment shares a transaction, since it is the commit that costs: it
 * gives back what ended generations held, judges the requests one after the other and writes each row once; a request that is refused
 * leaves the others alone. Owns those that wait for the transaction under way; any thread, which it blocks.
 */
public final class Bookings {

    private static final String RESERVATION = "insert into usage_reservation (generation_id, gateway_id, tenant_id, owner, key_id, model,"
            + " submitted_at, input_price, cached_price, output_price, tokens_in, tokens_out, tokens_held, tokens_in_held, money_held, held_of)"
            + " values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?, ?, ?, ?)";

    private static final int MOST_AT_ONCE = 64;
    /** Of what comes at once, from one transaction to the next: commits are what costs, and more so in H2. */
    private static final Duration GATHERING = Duration.ofMillis(3);

    /** What is to be done in a transaction. */
    private sealed interface Wish {

        default Collection<Ended> ended() {
            return List.of();
        }
    }

    /** @param inDoubt is told where nobody knows whether it is reserved */
    private record Reserve(Order order, Runnable inDoubt) implements Wish {
    }

    private record Settle(Collection<Ended> ended) implements Wish {
    }

    private final Database database;
    private final String gateway;
    private final Together<Wish, Supplier<Standing>> together = new Together<>(MOST_AT_ONCE, GATHERING, this::book);

    /** @param gateway whose lease keeps the reservations alive */
    public Bookings(Database database, String gateway) {
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
        return together.ask(new Reserve(order, inDoubt)).get();
    }

    /** Settles generations, all or none of them. @throws RuntimeException if nobody knows whether that is done; it may be done again */
    public void settle(Collection<Ended> ended) {
        together.ask(new Settle(ended)).get();
    }

    private List<Supplier<Standing>> book(List<Wish> wishes) {
        List<Ended> ended = wishes.stream().flatMap(wish -> wish.ended().stream()).toList();
        try {
            return book(wishes, ended);
        } catch (IllegalStateException refused) {
            if (ended.isEmpty() || wishes.stream().noneMatch(Reserve.class::isInstance)) {
                throw refused;
            }
            // What the database refuses to take of the ended ones must not be in the way of those that would begin.
            List<Supplier<Standing>> answers = new ArrayList<>(book(wishes, List.of()));
            for (int i = 0; i < wishes.size(); i++) {
                if (wishes.get(i) instanceof Settle) {
                    answers.set(i, () -> {
                        throw refused;
                    });
                }
            }
            return answers;
        }
    }

    /** @param ended of the wishes' ended generations those that are settled */
    private List<Supplier<Standing>> book(List<Wish> wishes, List<Ended> ended) {
        List<Order> orders = wishes.stream().filter(Reserve.class::isInstance).map(Reserve.class::cast).map(Reserve::order).toList();
        return database.transact(connection -> {
            Collection<Settled> settled = Settlements.take(connection, ended);
            Accounts accounts = Accounts.lock(connection, orders, settled);
            settled.forEach(accounts::settle);
            List<Supplier<Standing>> answers = new ArrayList<>();
            List<Order> taken = new ArrayList<>();
            for (Wish wish : wishes) {
                answers.add(wish instanceof Reserve reserve ? take(accounts, reserve.order(), taken) : () -> Standing.FREE);
            }
            reserve(connection, taken);
            accounts.write(connection);
            Settlements.write(connection, settled);
            return answers;
        }, () -> wishes.forEach(wish -> {
            if (wish instanceof Reserve reserve) {
                reserve.inDoubt().run();
            }
        }));
    }

    private static Supplier<Standing> take(Accounts accounts, Order order, List<Order> taken) {
        try {
            Standing standing = accounts.take(order);
            taken.add(order);
            return () -> standing;
        } catch (ProblemException refused) {
            return () -> {
                throw refused;
            };
        }
    }

    private void reserve(Connection connection, List<Order> orders) throws SQLException {
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
