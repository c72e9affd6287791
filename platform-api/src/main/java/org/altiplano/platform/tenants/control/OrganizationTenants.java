package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/**
 * Owns which tenant each organization of the realm is, as it was read from the database within two seconds, or a minute while
 * that does not answer; any thread.
 */
@ApplicationScoped
public class OrganizationTenants {

    private static final Duration FRESH = Duration.ofSeconds(2);
    private static final Duration TRUSTED = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    private record Read(Optional<String> tenant, Instant at) {
    }

    private final Database database;
    private final InstantSource clock;
    private final Map<String, Read> known = new ConcurrentHashMap<>();

    /** For the container's proxy only. */
    protected OrganizationTenants() {
        this(null, null);
    }

    @Inject
    public OrganizationTenants(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
    }

    /**
     * The id of the tenant that an organization is: its own, if no tenant was bound to it under another.
     *
     * @return empty if the tenant of that id is another organization
     */
    public Optional<String> tenantOf(String organization) {
        Instant now = clock.instant();
        Optional<Read> last = Optional.ofNullable(known.get(organization));
        if (last.filter(read -> now.isBefore(read.at().plus(FRESH))).isPresent()) {
            return last.get().tenant();
        }
        try {
            Read read = new Read(read(organization), now);
            if (known.size() >= MOST) {
                known.clear();
            }
            known.put(organization, read);
            return read.tenant();
        } catch (RuntimeException unavailable) {
            return last.filter(read -> now.isBefore(read.at().plus(TRUSTED))).orElseThrow(() -> unavailable).tenant();
        }
    }

    private Optional<String> read(String organization) {
        return database.transact(connection -> {
            try (PreparedStatement select = connection.prepareStatement("select id, organization from tenant where organization = ? or id = ?")) {
                Parameters.set(select, organization, organization);
                Optional<String> tenant = Optional.of(organization);
                try (ResultSet row = select.executeQuery()) {
                    while (row.next()) {
                        String bound = row.getString("organization");
                        if (organization.equals(bound)) {
                            return Optional.of(row.getString("id"));
                        }
                        tenant = tenant.filter(unbound -> bound == null);
                    }
                }
                return tenant;
            }
        });
    }
}
