package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.platform.tenants.entity.Tenant;
import org.altiplano.security.access.Operation;
import org.altiplano.security.access.Role;
import org.altiplano.security.access.Scope;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.apikey.KeyHasher;
import org.altiplano.security.identity.Caller;
import org.altiplano.security.web.KeyDirectory;

/** Owns the tenants and their API keys in the database; any thread. A revoked key is refused from the next request on. */
@ApplicationScoped
public class ApiKeys implements KeyDirectory {

    private static final String ENVIRONMENT = "local";

    @PersistenceContext(unitName = "platform")
    private EntityManager entities;
    @Inject
    private KeyHasher hasher;
    @Inject
    private SecureRandom random;
    @Inject
    private InstantSource clock;

    /** A key just made, the only time that its text is known. */
    public record Created(ApiKey key, KeyRecord kept) {
    }

    @Override
    @Transactional
    public Optional<Entry> find(String keyId) {
        return Optional.ofNullable(entities.find(KeyRecord.class, keyId)).filter(key -> key.revokedAt().isEmpty())
                .map(key -> new Entry(key.hash(),
                        new Caller(key.tenant(), key.id(), Caller.Origin.API_KEY,
                                Set.of(Role.DEVELOPER), Optional.of(Set.of(Scope.INFERENCE)))));
    }

    /** Makes a key; a tenant that is not known yet comes to be with its first key. */
    @Transactional
    public Created create(String tenant, String name) {
        ApiKey key = ApiKey.generate(ENVIRONMENT, random);
        return new Created(key, keep(key, tenant, name));
    }

    /** Keeps a key that was made elsewhere. */
    @Transactional
    public KeyRecord keep(ApiKey key, String tenant, String name) {
        if (entities.find(Tenant.class, tenant) == null) {
            entities.persist(new Tenant(tenant, tenant, clock.instant()));
            // The key refers to it by id only, which tells JPA no order of writing.
            entities.flush();
        }
        KeyRecord kept = new KeyRecord(key.id(), tenant, name, key.last4(), hasher.hash(key), clock.instant());
        entities.persist(kept);
        return kept;
    }

    /** All keys that the caller may see, revoked ones too, the newest first. */
    @Transactional
    public List<KeyRecord> list(Caller caller) {
        return entities.createQuery("select k from KeyRecord k order by k.createdAt desc, k.id", KeyRecord.class)
                .getResultStream().filter(key -> caller.reaches(Operation.LIST_KEYS, key.tenant(), key.id())).toList();
    }

    /** @return whether there is such a key within the caller's reach */
    @Transactional
    public boolean revoke(Caller caller, String keyId) {
        Optional<KeyRecord> key = Optional.ofNullable(entities.find(KeyRecord.class, keyId))
                .filter(known -> caller.reaches(Operation.REVOKE_KEY, known.tenant(), known.id()));
        key.ifPresent(known -> known.revoke(clock.instant()));
        return key.isPresent();
    }

    /** Whether any tenant exists, which is so from the first start on. */
    @Transactional
    public boolean hasTenants() {
        return entities.createQuery("select count(t) from Tenant t", Long.class).getSingleResult() > 0;
    }
}
