package org.altiplano.platform.tenants.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;

/**
 * The table {@code removed_tenant}, as SQL; owns nothing. What a tenant used and what was done to it outlives it under its id, so that
 * whoever got that id again would find it as its own: nobody does.
 */
final class RemovedTenants {

    /** For whoever looks by other means than a connection. */
    static final String COUNT = "select count(*) from removed_tenant where id = ?1";

    private RemovedTenants() {
    }

    /** Whether a tenant of this id was deleted for good. */
    static boolean has(Connection connection, String id) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select 1 from removed_tenant where id = ?")) {
            select.setString(1, id);
            try (ResultSet row = select.executeQuery()) {
                return row.next();
            }
        }
    }

    static void note(Connection connection, String id, Instant now) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("insert into removed_tenant (id, removed_at) values (?, ?)")) {
            Parameters.set(insert, id, now);
            insert.executeUpdate();
        }
    }

    /** @param parameter what the caller calls the id */
    static ProblemException refusal(String id, String parameter) {
        return new ProblemException(new Problem(409, "invalid_request_error", "The tenant " + id + " was deleted for good. What it used and what was done"
                + " to it is kept under this id, so no other tenant gets it: choose another.", Optional.of(parameter), Optional.of("tenant_id_used"), Optional.empty()));
    }
}
