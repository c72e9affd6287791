package org.altiplano.platform.audit.control;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.altiplano.platform.database.control.Parameters;

/** The table {@code key_address_day}, as SQL: from how many new addresses each key was used on a day. Owns nothing. */
final class KeyAddressDays {

    /** As many of a key are written down on a day: more than the machines of most who share a key, and no table is filled by it. */
    static final int MOST_WRITTEN = 100;

    private static final String COUNT = "update key_address_day set written = written + ?, beyond = beyond + ? where key_id = ? and used_on = ?";

    /** A key's day. @param beyond how many new addresses were counted and not written down */
    record Day(String key, LocalDate day, String tenant, long beyond) {
    }

    private KeyAddressDays() {
    }

    /** Counts one more new address of a key. @return the how manieth of the day it is, to be written down; empty if it is beyond those */
    static OptionalLong count(Connection connection, String key, LocalDate day, String tenant) throws SQLException {
        long written = lock(connection, key, day, tenant);
        boolean room = written < MOST_WRITTEN;
        try (PreparedStatement count = connection.prepareStatement(COUNT)) {
            Parameters.set(count, room ? 1 : 0, room ? 0 : 1, key, day);
            count.executeUpdate();
        }
        return room ? OptionalLong.of(written + 1) : OptionalLong.empty();
    }

    /** Whoever has the row counts: all gateways count together. */
    private static long lock(Connection connection, String key, LocalDate day, String tenant) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select written from key_address_day where key_id = ? and used_on = ? for update")) {
            Parameters.set(select, key, day);
            try (ResultSet row = select.executeQuery()) {
                if (row.next()) {
                    return row.getLong(1);
                }
            }
        }
        // Fails where another transaction begins the day at the same time; the whole is then repeated.
        try (PreparedStatement insert = connection.prepareStatement("insert into key_address_day (key_id, used_on, tenant_id, written, beyond)"
                + " values (?, ?, ?, 0, 0)")) {
            Parameters.set(insert, key, day, tenant);
            insert.executeUpdate();
        }
        return 0;
    }

    /** Some of the days before one. */
    static List<Day> before(Connection connection, LocalDate today, int most) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select * from key_address_day where used_on < ? order by used_on, key_id limit ?")) {
            Parameters.set(select, today, most);
            List<Day> days = new ArrayList<>();
            try (ResultSet row = select.executeQuery()) {
                while (row.next()) {
                    days.add(new Day(row.getString("key_id"), row.getObject("used_on", LocalDate.class), row.getString("tenant_id"), row.getLong("beyond")));
                }
            }
            return days;
        }
    }

    /** Ends a day. @return false if another gateway has done so */
    static boolean end(Connection connection, Day day) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement("delete from key_address_day where key_id = ? and used_on = ? and beyond = ?")) {
            Parameters.set(delete, day.key(), day.day(), day.beyond());
            return delete.executeUpdate() == 1;
        }
    }
}
