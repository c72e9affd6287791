package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.time.InstantSource;
import java.util.Optional;
import org.altiplano.platform.database.control.Database;
import org.altiplano.platform.database.control.Parameters;

/** Owns which tenant each organization of the realm is, as it is believed; any thread. */
@ApplicationScoped
public class OrganizationTenants {

    private final Database database;
    private final Believed<String> believed;

    /** For the container's proxy only. */
    protected OrganizationTenants() {
        this(null, (Believed<String>) null);
    }

    @Inject
    public OrganizationTenants(Database database, InstantSource clock) {
        this(database, new Believed<>(database, clock));
    }

    OrganizationTenants(Database database, Believed<String> believed) {
        this.database = database;
        this.believed = believed;
    }

    /**
     * The id of the tenant that an organization is: its own, if no tenant was bound to it under another.
     *
     * @return empty if the tenant of that id is another organization
     */
    public Optional<String> tenantOf(String organization) {
        return believed.find(organization, this::read);
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
