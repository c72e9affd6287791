package org.altiplano.platform.usage.control;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/**
 * Owns one gateway's lease, which says that its generations are alive; any thread. What they have used is written down
 * with each renewal, so that of a gateway that is killed no more than the last period's tokens are unknown. Leases run by
 * the database's clock: those of the gateways may differ.
 */
public final class GatewayLease {

    /** From one renewal to the next. */
    public static final Duration PERIOD = Duration.ofSeconds(2);
    static final Duration LIFE = Duration.ofSeconds(15);

    private static final String UNTIL = "current_timestamp + interval '" + LIFE.toSeconds() + "' second";

    private final Database database;
    private final String gateway;
    private final LongSupplier nanoTime;
    /** Since when every renewal has reached the database. */
    private volatile OptionalLong reachedSince = OptionalLong.empty();
    private volatile OptionalLong renewedAt = OptionalLong.empty();

    public GatewayLease(Database database, String gateway, LongSupplier nanoTime) {
        this.database = database;
        this.gateway = gateway;
        this.nanoTime = nanoTime;
    }

    /** Says that this gateway is alive, and how far its generations have come. */
    public void renew(Collection<RunningGeneration> running) {
        try {
            renew();
        } catch (RuntimeException e) {
            reachedSince = OptionalLong.empty();
            throw e;
        }
        checkpoint(running);
    }

    /** Renews a lease that has run out, as after a while in which this gateway could do nothing: others take it for dead. */
    void renewIfRunOut() {
        if (hasRunOut(nanoTime.getAsLong())) {
            renew();
        }
    }

    private boolean hasRunOut(long now) {
        return renewedAt.isEmpty() || now - renewedAt.getAsLong() >= LIFE.toNanos();
    }

    private void renew() {
        // Before the writing: the lease may be as old as its beginning.
        long now = nanoTime.getAsLong();
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update gateway_lease set expires_at = " + UNTIL + " where gateway_id = ?");
                    PreparedStatement insert = connection.prepareStatement("insert into gateway_lease (gateway_id, expires_at) values (?, " + UNTIL + ")")) {
                Parameters.set(update, gateway);
                if (update.executeUpdate() == 0) {
                    Parameters.set(insert, gateway);
                    insert.executeUpdate();
                }
            }
            return gateway;
        });
        if (reachedSince.isEmpty() || hasRunOut(now)) {
            reachedSince = OptionalLong.of(now);
        }
        renewedAt = OptionalLong.of(now);
    }

    private void checkpoint(Collection<RunningGeneration> running) {
        if (running.isEmpty()) {
            return;
        }
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement(
                    "update usage_reservation set tokens_in = ?, tokens_out = ? where generation_id = ?")) {
                for (RunningGeneration one : running.stream().sorted(Comparator.comparing(RunningGeneration::id)).toList()) {
                    Parameters.set(update, one.tokensIn(), one.tokensOut(), one.id());
                    update.addBatch();
                }
                update.executeBatch();
            }
            return running.size();
        });
    }

    /**
     * Whether this gateway may call others dead: only when it has itself reached the database for longer than a lease
     * lives, since after an outage of the database all leases have run out and nobody is dead.
     */
    public boolean mayBury() {
        OptionalLong since = reachedSince;
        return since.isPresent() && nanoTime.getAsLong() - since.getAsLong() > LIFE.toNanos();
    }

    /** Forgets gateways that are long dead, once nothing of theirs is left to be settled. */
    public void forgetTheDead() {
        database.transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from gateway_lease where expires_at < current_timestamp - interval '"
                    + LIFE.toSeconds() + "' second and not exists (select 1 from usage_reservation r where r.gateway_id = gateway_lease.gateway_id)")) {
                return delete.executeUpdate();
            }
        });
    }
}
