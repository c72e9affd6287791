package org.altiplano.platform.setup.control;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class KeyLimitsMigrationTest {

    private final JdbcDataSource database = new JdbcDataSource();

    @Test
    void keepsTheKeysAndUsersOfADatabaseInUse() throws SQLException {
        database.setURL("jdbc:h2:mem:limits;DB_CLOSE_DELAY=-1");
        migrate("1");
        run("insert into tenant values ('t', 'T', current_timestamp)",
                "insert into api_key (id, tenant_id, name, last4, key_hash, created_at) values ('k', 't', 'n', '1234', '1:h', current_timestamp)",
                "insert into platform_user values ('ada', 't', 'hash', 'inference,platform-admin', current_timestamp)",
                "insert into platform_user values ('bob', 't', 'hash', 'inference', current_timestamp)");
        migrate("2");
        assertEquals(List.of("k,,inference,null,null,null"),
                rows("select id, owner_name, scopes, models, addresses, expires_at from api_key"));
        assertEquals(List.of("ada,developer,platform-admin", "bob,developer"), rows("select username, roles from platform_user order by username"));
    }

    private void migrate(String version) {
        Flyway.configure().dataSource(database).locations("classpath:db/migration").target(version).load().migrate();
    }

    private void run(String... statements) throws SQLException {
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private List<String> rows(String query) throws SQLException {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.getConnection(); Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            while (result.next()) {
                List<String> columns = new ArrayList<>();
                for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
                    columns.add(String.valueOf(result.getString(i)));
                }
                rows.add(String.join(",", columns));
            }
        }
        return rows;
    }
}
