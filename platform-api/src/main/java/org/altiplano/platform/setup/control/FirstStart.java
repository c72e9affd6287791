package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.transaction.Transactional;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.altiplano.platform.sessions.control.Sessions;
import org.altiplano.platform.setup.entity.Home;
import org.altiplano.platform.tenants.control.ApiKeys;
import org.altiplano.platform.tenants.entity.Tenant;
import org.altiplano.security.access.Role;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.apikey.KeyLimits;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills an empty database with the first tenant, its key and the administrator, all from the credentials file. */
@ApplicationScoped
public class FirstStart {

    private static final Logger LOG = LoggerFactory.getLogger(FirstStart.class);

    @Inject
    private Home home;
    @Inject
    private ApiKeys keys;
    @Inject
    private Sessions sessions;

    /** Whether the database has been filled, by whichever gateway. */
    public boolean isDone() {
        return keys.hasTenants();
    }

    @Transactional
    public void run() {
        if (isDone()) {
            return;
        }
        JsonObject credentials = read(home.credentials());
        ApiKey key = ApiKey.parse(credentials.getString("apiKey", ""))
                .orElseThrow(() -> new IllegalStateException("The field apiKey in " + home.credentials() + " is not an API key of this platform."));
        String user = credentials.getString("adminUser", "");
        String password = credentials.getString("adminPassword", "");
        if (user.isEmpty() || password.isEmpty()) {
            throw new IllegalStateException("The fields adminUser and adminPassword in " + home.credentials() + " must not be empty.");
        }
        keys.keep(key, Tenant.DEFAULT, user, "first key", KeyLimits.NONE);
        sessions.create(user, password, Tenant.DEFAULT, Set.of(Role.PLATFORM_ADMIN, Role.DEVELOPER));
        LOG.info("The tenant {}, its first key and the user {} were created.", Tenant.DEFAULT, user);
    }

    private static JsonObject read(Path file) {
        try (InputStream in = Files.newInputStream(file); JsonReader reader = Json.createReader(in)) {
            return reader.readObject();
        } catch (IOException e) {
            throw new IllegalStateException("The file " + file + " cannot be read. 'altiplano up' makes it at the first start.", e);
        } catch (JsonException e) {
            throw new IllegalStateException("The file " + file + " is damaged: it must be a JSON object with apiKey, adminUser "
                    + "and adminPassword.", e);
        }
    }
}
