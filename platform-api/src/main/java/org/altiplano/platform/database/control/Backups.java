package org.altiplano.platform.database.control;

import jakarta.annotation.Resource;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.zip.GZIPOutputStream;
import javax.sql.DataSource;
import org.altiplano.platform.database.control.DatabaseExport.Written;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.setup.entity.Home;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Owns the folder {@code backups} of the home, into which it writes the database, one backup at a time; the calling thread.
 * Whoever asks over the network never gets what it holds, since a platform-admin must not read what tenants keep: only who can
 * read the home does, as the command line.
 */
@ApplicationScoped
public class Backups {

    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);

    /** What was made. @param schema version of the tables */
    public record Backup(Path file, String schema, long rows, Instant at) {
    }

    @Resource(lookup = "jdbc/platform")
    private DataSource database;
    @Inject
    private Home home;
    @Inject
    private InstantSource clock;
    private final Semaphore one = new Semaphore(1);

    /** What an earlier one has left goes: whoever asked for it has taken it, or never will. */
    public Backup make() {
        if (!one.tryAcquire()) {
            throw new ProblemException(Problem.of(409, "A backup is being made already."));
        }
        try {
            Instant now = clock.instant();
            Path folder = empty(home.backups());
            Path file = Files.createFile(folder.resolve("database.jsonl.gz"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Written written = write(database, file, now);
            return new Backup(file, written.schema(), written.rows(), now);
        } catch (IOException | UncheckedIOException e) {
            LOG.error("A backup could not be written: {}", e.toString());
            throw new ProblemException(Problem.of(500, "The backup could not be written into " + home.backups() + " of the gateway's host."), e);
        } catch (SQLException e) {
            LOG.error("The database could not be read for a backup: {}", e.toString());
            throw new ProblemException(new Problem(503, "server_error", "The platform's database does not answer.", Optional.empty(),
                    Optional.of("database_unavailable"), Optional.empty()), e);
        } finally {
            one.release();
        }
    }

    /** A file that could not be written whole goes: it may be what fills the disk that the database itself needs. */
    static Written write(DataSource database, Path file, Instant now) throws IOException, SQLException {
        try (Writer out = new BufferedWriter(new OutputStreamWriter(new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8))) {
            return new DatabaseExport(database).write(out, now);
        } catch (IOException | SQLException | RuntimeException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    private static Path empty(Path folder) throws IOException {
        Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        return folder;
    }
}
