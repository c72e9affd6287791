package org.altiplano.platform.models.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;
import org.altiplano.platform.models.entity.PinRecord;

/** Owns the table of pinned prefixes; any thread. */
@ApplicationScoped
public class Pins {

    /** Most pins of a model: with the longest texts they still fit one message to a worker. */
    public static final int MOST = 32;

    private final Database database;

    /** For the container's proxy only. */
    protected Pins() {
        this(null);
    }

    @Inject
    public Pins(Database database) {
        this.database = database;
    }

    /** All of them, those of a model together. */
    public List<PinRecord> all() {
        return read("select * from pinned_prefix order by model, created_at, id");
    }

    public List<PinRecord> of(String model) {
        return read("select * from pinned_prefix where model = ? order by created_at, id", model);
    }

    public Optional<PinRecord> find(String id) {
        return read("select * from pinned_prefix where id = ?", id).stream().findFirst();
    }

    /** By model, what workers know its pins by; nothing of their text is read. */
    public Map<String, Set<String>> names() {
        return database.transact(connection -> {
            Map<String, Set<String>> names = new TreeMap<>();
            try (PreparedStatement select = connection.prepareStatement("select id, model, version from pinned_prefix"); ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    names.computeIfAbsent(row.getString("model"), model -> new HashSet<>())
                            .add(PinRecord.name(row.getString("id"), row.getLong("version")));
                }
            }
            return names;
        });
    }

    /** @return false if the model has as many as it may have */
    public boolean add(PinRecord pin) {
        return change("insert into pinned_prefix (id, model, system_prompt, created_at, version) select cast(? as varchar(64)), cast(? as varchar(200)),"
                + " cast(? as varchar(100000)), cast(? as timestamp with time zone), cast(? as bigint)"
                + " where (select count(*) from pinned_prefix where model = ?) < " + MOST,
                pin.id(), pin.model(), pin.system(), pin.createdAt(), pin.version(), pin.model());
    }

    /** Puts another text in the place of this version's. @return false if that is no longer the current one */
    public boolean replace(String id, String system, long version) {
        return change("update pinned_prefix set system_prompt = ?, version = version + 1 where id = ? and version = ?", system, id, version);
    }

    /** @return false if this is no longer the current version */
    public boolean remove(String id, long version) {
        return change("delete from pinned_prefix where id = ? and version = ?", id, version);
    }

    private boolean change(String sql, Object... values) {
        return database.transact(connection -> {
            try (PreparedStatement write = connection.prepareStatement(sql)) {
                Parameters.set(write, values);
                return write.executeUpdate() == 1;
            }
        });
    }

    private List<PinRecord> read(String sql, Object... values) {
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement(sql)) {
                Parameters.set(select, values);
                return read(select);
            }
        });
    }

    private static List<PinRecord> read(PreparedStatement select) throws SQLException {
        List<PinRecord> pins = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
            while (row.next()) {
                pins.add(new PinRecord(row.getString("id"), row.getString("model"), row.getString("system_prompt"),
                        Parameters.instant(row, "created_at"), row.getLong("version")));
            }
        }
        return pins;
    }
}
