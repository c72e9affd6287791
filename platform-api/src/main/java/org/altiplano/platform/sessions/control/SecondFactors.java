package org.altiplano.platform.sessions.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.security.identity.SecondFactor;

/** Owns in the database which users sign in with a second factor, and which of their codes were used; any thread. */
@ApplicationScoped
public class SecondFactors {

    private static final String FIND = "select enrolment, confirmed, last_step from second_factor where username = ?";

    private record Enrolled(String enrolment, boolean confirmed, long lastStep) {
    }

    private final Database database;
    private final SecondFactor factor;
    private final InstantSource clock;

    /** For the container's proxy only. */
    protected SecondFactors() {
        this(null, null, null);
    }

    @Inject
    public SecondFactors(Database database, SecondFactor factor, InstantSource clock) {
        this.database = database;
        this.factor = factor;
        this.clock = clock;
    }

    /** Whether a user cannot sign in without it. */
    public boolean isOn(String username) {
        return database.transact(connection -> find(connection, username, FIND)).filter(Enrolled::confirmed).isPresent();
    }

    /**
     * Begins an enrolment, which takes the place of one that was not confirmed.
     *
     * @return the secret in base 32
     * @throws ProblemException 409 if the user has a second factor already
     */
    public String enrol(String username) {
        String enrolment = factor.enrol();
        database.transact(connection -> {
            if (find(connection, username, FIND + " for update").filter(Enrolled::confirmed).isPresent()) {
                throw new ProblemException(new Problem(409, "invalid_request_error", "There is a second factor already: remove it first.",
                        Optional.empty(), Optional.of("second_factor_exists"), Optional.empty()));
            }
            update(connection, "delete from second_factor where username = ?", username);
            return update(connection, "insert into second_factor (username, enrolment, confirmed, last_step) values (?, ?, ?, ?)", username,
                    enrolment, false, 0L);
        });
        return factor.secret(username, enrolment).orElseThrow();
    }

    /** Ends an enrolment with a first code: from now on the user needs one. @return the recovery codes, told once; empty if the code is wrong */
    public Optional<List<String>> confirm(String username, String code) {
        return database.transact(connection -> {
            Optional<Enrolled> begun = find(connection, username, FIND + " for update").filter(enrolled -> !enrolled.confirmed());
            OptionalLong step = begun.map(enrolled -> factor.step(username, enrolled.enrolment(), code, clock.instant())).orElse(OptionalLong.empty());
            if (step.isEmpty()) {
                return Optional.empty();
            }
            update(connection, "update second_factor set confirmed = true, last_step = ? where username = ?", step.getAsLong(), username);
            List<String> codes = factor.recoveryCodes();
            for (String recovery : codes) {
                update(connection, "insert into recovery_code (username, code_hash) values (?, ?)", username, factor.hash(username, recovery));
            }
            return Optional.of(codes);
        });
    }

    /** Whether a code, or a recovery code, is right and was not used before, here or at another gateway; from now on it was. */
    public boolean accepts(String username, String code) {
        return database.transact(connection -> {
            Optional<Enrolled> enrolled = find(connection, username, FIND).filter(Enrolled::confirmed);
            if (enrolled.isEmpty()) {
                return false;
            }
            OptionalLong step = factor.step(username, enrolled.get().enrolment(), code, clock.instant());
            if (step.isPresent()) {
                return update(connection, "update second_factor set last_step = ? where username = ? and last_step < ?", step.getAsLong(), username,
                        step.getAsLong()) == 1;
            }
            for (String hash : factor.hashes(username, code)) {
                if (update(connection, "delete from recovery_code where username = ? and code_hash = ?", username, hash) == 1) {
                    return true;
                }
            }
            return false;
        });
    }

    /** @return whether there was one */
    public boolean remove(String username) {
        return database.transact(connection -> update(connection, "delete from second_factor where username = ?", username) == 1);
    }

    private static Optional<Enrolled> find(Connection connection, String username, String sql) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement(sql)) {
            Parameters.set(select, username);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? Optional.of(new Enrolled(row.getString(1), row.getBoolean(2), row.getLong(3))) : Optional.empty();
            }
        }
    }

    private static int update(Connection connection, String sql, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            Parameters.set(statement, parameters);
            return statement.executeUpdate();
        }
    }
}
