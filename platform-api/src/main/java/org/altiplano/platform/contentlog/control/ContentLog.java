package org.altiplano.platform.contentlog.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.altiplano.platform.contentlog.entity.ContentLogSetting;
import org.altiplano.platform.contentlog.entity.ContentRecord;
import org.altiplano.platform.contentlog.entity.ContentSearch;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.database.control.Query;
import org.altiplano.platform.database.control.Remembered;

/**
 * Owns in the database what tenants wish to have written down of prompts and answers, and what was; any thread. It is apart
 * from the ledger and the audit log, which never hold a word of it.
 */
@ApplicationScoped
public class ContentLog {

    static final int DELETED_AT_ONCE = 10_000;

    private final Database database;
    private final Remembered<String, ContentLogSetting> remembered;

    /** For the container's proxy only. */
    protected ContentLog() {
        this(null);
    }

    @Inject
    public ContentLog(Database database) {
        this.database = database;
        remembered = new Remembered<>(this::setting, database);
    }

    /** Whether a tenant's prompts and answers are to be written down, as of two seconds ago at most. */
    public boolean isOn(String tenant) {
        try {
            return remembered.get(tenant).enabled();
        } catch (RuntimeException unknown) {
            // While the database does not answer nothing could be written down either, and requests must go on.
            return false;
        }
    }

    public ContentLogSetting setting(String tenant) {
        return database.transact(connection -> settings(connection, "where tenant_id = ?", tenant).stream().findFirst()
                .orElse(ContentLogSetting.none(tenant)));
    }

    /** Puts a setting in the place of the version that it was made from. @return false if that is no longer the current one */
    public boolean replace(ContentLogSetting setting) {
        boolean replaced = database.transact(connection -> {
            boolean first = settings(connection, "where tenant_id = ?", setting.tenant()).isEmpty();
            if (first && setting.version() != 0) {
                return false;
            }
            try (PreparedStatement change = connection.prepareStatement(first
                    ? "insert into content_log_setting (enabled, retention_days, tenant_id, version) values (?, ?, ?, ? + 1)"
                    : "update content_log_setting set enabled = ?, retention_days = ?, version = version + 1 where tenant_id = ? and version = ?")) {
                Parameters.set(change, setting.enabled(), setting.retentionDays(), setting.tenant(), setting.version());
                boolean changed = change.executeUpdate() == 1;
                Changes.note(connection);
                return changed;
            }
        });
        remembered.forget();
        return replaced;
    }

    /** Writes records down, all or none; those that are there already, since the answer to their commit was lost, are left as they are. */
    public void append(List<ContentRecord> records) {
        AtomicBoolean again = new AtomicBoolean();
        database.transact(connection -> {
            // Asked only when the first attempt came to nothing, as it does where one of them is there.
            Set<String> there = again.getAndSet(true) ? there(connection, records) : Set.of();
            try (PreparedStatement insert = connection.prepareStatement("insert into content_log (position, tenant_id, request_id, owner, key_id,"
                    + " model, happened_at, content) values (?, ?, ?, ?, ?, ?, ?, ?)")) {
                for (ContentRecord one : records) {
                    if (there.contains(one.position())) {
                        continue;
                    }
                    Parameters.set(insert, one.position(), one.tenant(), one.request(), one.owner(), one.key(), one.model(), one.at(), one.content());
                    insert.addBatch();
                }
                insert.executeBatch();
            }
            return records.size();
        });
    }

    private static Set<String> there(Connection connection, List<ContentRecord> records) throws SQLException {
        Set<String> there = new HashSet<>();
        try (PreparedStatement select = connection.prepareStatement("select position from content_log where position in ("
                + Parameters.marks(records.size()) + ")")) {
            Parameters.set(select, records.stream().map(ContentRecord::position).toArray());
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    there.add(row.getString(1));
                }
            }
        }
        return there;
    }

    /** A tenant's records, the latest first. */
    public List<ContentRecord> page(String tenant, ContentSearch search, int most) {
        return records(new Query("select * from content_log where tenant_id = ?", tenant).where("position < ?", search.before())
                .where("position >= ?", search.from().map(ContentRecord::position)).where("position < ?", search.until().map(ContentRecord::position))
                .containing(search.owner(), "owner").containing(search.model(), "model").also("order by position desc limit ?", most));
    }

    /** What was written down of one request of a tenant. */
    public Optional<ContentRecord> find(String tenant, String request) {
        return records(new Query("select * from content_log where tenant_id = ? and request_id = ?", tenant, request)).stream().findFirst();
    }

    private List<ContentRecord> records(Query query) {
        return database.transact(connection -> {
            List<ContentRecord> records = new ArrayList<>();
            try (PreparedStatement select = connection.prepareStatement(query.sql())) {
                Parameters.set(select, query.values());
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        records.add(new ContentRecord(row.getString("request_id"), row.getString("tenant_id"), row.getString("owner"),
                                row.getString("key_id"), row.getString("model"), Parameters.instant(row, "happened_at"), row.getString("content")));
                    }
                }
            }
            return records;
        });
    }

    /** Deletes all that was written down of a tenant. @return how many records */
    public long erase(String tenant) {
        return delete("tenant_id = ?", tenant);
    }

    /** Deletes what is older than its tenant wishes, and all that is nobody's wish. @return how many records */
    public long purge(Instant now) {
        long deleted = delete("tenant_id not in (select tenant_id from content_log_setting)");
        for (ContentLogSetting setting : database.transact(connection -> settings(connection, "order by tenant_id"))) {
            deleted += delete("tenant_id = ? and happened_at < ?", setting.tenant(), now.minus(Duration.ofDays(setting.retentionDays())));
        }
        return deleted;
    }

    /** In several transactions: a database that takes too long over one is given up, and then nothing would ever be deleted. */
    private long delete(String which, Object... parameters) {
        long deleted = 0;
        int last;
        do {
            last = database.transact(connection -> {
                try (PreparedStatement delete = connection.prepareStatement("delete from content_log where position in (select position from content_log"
                        + " where " + which + " limit " + DELETED_AT_ONCE + ")")) {
                    Parameters.set(delete, parameters);
                    return delete.executeUpdate();
                }
            });
            deleted += last;
        } while (last == DELETED_AT_ONCE);
        return deleted;
    }

    private static List<ContentLogSetting> settings(Connection connection, String rest, Object... parameters) throws SQLException {
        List<ContentLogSetting> settings = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement("select * from content_log_setting " + rest)) {
            Parameters.set(select, parameters);
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    settings.add(new ContentLogSetting(row.getString("tenant_id"), row.getBoolean("enabled"), row.getInt("retention_days"),
                            row.getLong("version")));
                }
            }
        }
        return settings;
    }
}
