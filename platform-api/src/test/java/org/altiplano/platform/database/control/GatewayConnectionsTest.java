package org.altiplano.platform.database.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.UUID;
import javax.sql.DataSource;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.w3c.dom.Element;
import org.w3c.dom.NamedNodeMap;

/** What the gateway's configuration says about its connections to the database. */
class GatewayConnectionsTest {

    @Test
    void theRowsOfAGatewayThatNoLongerGoesOnAreFreeAfterAWhile() throws Exception {
        DataSource source = TestDatabase.POSTGRESQL.migrated();
        String url = ((PGSimpleDataSource) source).getUrl();
        try (Connection frozen = connect(url, "postgres"); Connection living = connect(url, "postgres")) {
            frozen.setAutoCommit(false);
            assertEquals(1, rename(frozen));
            assertEquals(1, rename(living), "it would otherwise have given up after a while");
        }
    }

    @Test
    void h2TakesNoNoticeOfWhatIsForPostgresql() throws Exception {
        try (Connection connection = connect("jdbc:h2:mem:" + UUID.randomUUID(), "altiplano")) {
            assertTrue(connection.isValid(1));
        }
    }

    private static int rename(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("update tenant set name = 'x' where id = 'acme'");
        }
    }

    private static Connection connect(String url, String user) throws Exception {
        Element properties = (Element) DocumentBuilderFactory.newInstance().newDocumentBuilder()
                .parse(Path.of("src/main/liberty/config/gateway.xml").toFile()).getElementsByTagName("properties").item(0);
        Properties settings = new Properties();
        NamedNodeMap attributes = properties.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            settings.setProperty(attributes.item(i).getNodeName(), attributes.item(i).getNodeValue());
        }
        settings.remove("URL");
        settings.setProperty("user", user);
        settings.setProperty("password", "");
        return DriverManager.getConnection(url, settings);
    }
}
