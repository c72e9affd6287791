package org.altiplano.platform.setup.control;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.altiplano.platform.audit.control.AuditLog;
import org.altiplano.platform.database.control.DatabaseImport;
import org.altiplano.security.audit.AuditEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fills an empty database from the backup that {@code ALTIPLANO_RESTORE} names, which the command line does; owns nothing, the
 * starting thread. A start that cannot do so is none.
 */
@ApplicationScoped
public class Restoration {

    private static final Logger LOG = LoggerFactory.getLogger(Restoration.class);

    @Resource(lookup = "jdbc/platform")
    private DataSource database;
    @Inject
    private AuditLog audit;
    @Inject
    private InstantSource clock;

    /** To be called before anything else touches the database. @return when the backup was made, if one was asked for */
    Optional<Instant> run() {
        String named = System.getenv().getOrDefault("ALTIPLANO_RESTORE", "").strip();
        if (named.isEmpty()) {
            return Optional.empty();
        }
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of(named))), StandardCharsets.UTF_8))) {
            Instant at = new DatabaseImport(database).read(lines);
            LOG.info("The database is as the backup of {} has it.", at);
            return Optional.of(at);
        } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
        } catch (SQLException e) {
            throw new IllegalStateException("The database failed while a backup was restored: " + e.getMessage(), e);
        }
    }

    /** What was done since the backup is gone, and the audit log says that it is. */
    void note(Instant at) {
        audit.append(new AuditLog.Deed(AuditEvent.PLATFORM, clock.instant(), "", "", "", "restored from a backup", at.toString(), 200));
    }
}
