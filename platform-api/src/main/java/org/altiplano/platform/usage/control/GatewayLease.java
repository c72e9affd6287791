package org.altiplano.platform.usage.control;

import java.sql.PreparedStatement;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/**
 * Owns one gateway's lease, which says that its generations are alive; one thread. What they have used is written down
 * with each renewal, so that of a gateway that is killed no more than the last period's tokens are unknown.
 */
public final class GatewayLease {

    /** From one renewal to the next. */
    public static final Duration PERIOD = Duration.ofSeconds(2);
    static final Duration LIFE = Duration.ofSeconds(15);

    private final Database database;
    private final String gateway;
    private int renewals;

    public GatewayLease(Database database, String gateway) {
        this.database = database;
        this.gateway = gateway;
    }

    /** Says that this gateway is alive, and how far its generations have come. */
    public void renew(Collection<RunningGeneration> running, Instant now) {
        int before = renewals;
        renewals = 0;
        database.transact(connection -> {
            try (PreparedStatement update = connection.prepareStatement("update gateway_lease set expires_at = ? where gateway_id = ?");
                    PreparedStatement insert = connection.prepareStatement("insert into gateway_lease (expires_at, gateway_id) values (?, ?)")) {
                Parameters.set(update, now.plus(LIFE), gateway);
                if (update.executeUpdate() == 0) {
                    Parameters.set(insert, now.plus(LIFE), gateway);
                    insert.executeUpdate();
                }
            }
            return gateway;
        });
        checkpoint(running);
        renewals = before + 1;
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
        return renewals > LIFE.dividedBy(PERIOD);
    }

    /** Forgets gateways that are long dead. Their reservations have been settled. */
    public void forgetTheDead(Instant now) {
        database.transact(connection -> {
            try (PreparedStatement delete = connection.prepareStatement("delete from gateway_lease where expires_at < ?")) {
                Parameters.set(delete, now.minus(LIFE));
                return delete.executeUpdate();
            }
        });
    }
}
