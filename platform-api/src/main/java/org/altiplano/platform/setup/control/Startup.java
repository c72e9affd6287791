package org.altiplano.platform.setup.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Optional;
import org.altiplano.platform.audit.control.KeyAddressWatch;
import org.altiplano.platform.contentlog.control.ContentWriter;
import org.altiplano.platform.models.control.Pinning;
import org.altiplano.platform.models.control.PlacedModels;
import org.altiplano.platform.models.control.Placement;
import org.altiplano.platform.secrets.control.SecretStates;
import org.altiplano.platform.tenants.control.TenantRemoval;
import org.altiplano.platform.usage.control.UsageLedger;
import org.altiplano.platform.workers.control.Draining;
import org.altiplano.platform.workers.control.WorkerGauges;
import org.altiplano.security.identity.IdentityProvider;
import org.altiplano.security.signin.RealmClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the gateway, in the one order that works: a backup if one is to be restored, database, first tenant, ledger, grid, drained workers,
 * placement and pins. Then it is ready.
 */
@ApplicationScoped
public class Startup {

    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    @Inject
    private Restoration restoration;
    @Inject
    private Migration migration;
    @Inject
    private FirstStart firstStart;
    @Inject
    private PlacedModels placedModels;
    @Inject
    private SecretStates secrets;
    @Inject
    private UsageLedger ledger;
    @Inject
    private TenantRemoval removal;
    @Inject
    private KeyAddressWatch keyAddresses;
    @Inject
    private ContentWriter contents;
    @Inject
    private Placement placement;
    @Inject
    private Pinning pinning;
    @Inject
    private Draining draining;
    @Inject
    private WorkerGauges gauges;
    @Inject
    private Instance<IdentityProvider> identity;
    @Inject
    private Instance<Optional<RealmClient>> console;
    private volatile boolean done;

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        try {
            // First: whoever may call must be clear before anything is opened.
            LOG.info("Users are kept by the identity provider {}.", identity.get().word());
            console.get();
            Optional<Instant> restored = restoration.run();
            migration.run();
            restored.ifPresent(restoration::note);
            migration.fill(this::fill);
            secrets.start();
            ledger.start();
            removal.start();
            keyAddresses.start();
            contents.start();
            draining.start();
            placement.start();
            pinning.start();
            gauges.start();
            done = true;
            LOG.info("The gateway has started.");
        } catch (RuntimeException e) {
            LOG.error("The gateway cannot start: {}", rootMessage(e));
            throw e;
        }
    }

    private void fill() {
        firstStart.run();
        for (String model : System.getenv().getOrDefault("ALTIPLANO_MODELS", "").split(",")) {
            if (!model.isBlank()) {
                placedModels.add(model.strip());
            }
        }
    }

    /** Whether everything is in place. */
    public boolean isDone() {
        return done;
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return root.getMessage();
    }
}
