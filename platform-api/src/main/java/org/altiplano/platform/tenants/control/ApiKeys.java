package org.altiplano.platform.tenants.control;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import jakarta.persistence.PersistenceContext;
import jakarta.persistence.TypedQuery;
import jakarta.transaction.Transactional;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.altiplano.platform.database.control.Changes;
import org.altiplano.platform.database.control.Query;
import org.altiplano.platform.http.entity.Problem;
import org.altiplano.platform.http.entity.ProblemException;
import org.altiplano.platform.tenants.entity.KeyRecord;
import org.altiplano.platform.tenants.entity.KeySearch;
import org.altiplano.platform.tenants.entity.Tenant;
import org.altiplano.security.access.Operation;
import org.altiplano.security.apikey.ApiKey;
import org.altiplano.security.apikey.KeyHasher;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;

/** Owns the tenants and their API keys in the database; any thread. What is beyond a caller's reach does not exist for it. */
@ApplicationScoped
public class ApiKeys {

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

    /** The key of this id, whatever has become of it. */
    @Transactional
    public Optional<KeyRecord> find(String keyId) {
        return Optional.ofNullable(entities.find(KeyRecord.class, keyId));
    }

    /** The keys of these ids, whatever has become of them, by one query. */
    @Transactional
    public List<KeyRecord> find(Collection<String> keyIds) {
        return entities.createQuery("select k from KeyRecord k where k.id in :ids", KeyRecord.class).setParameter("ids", keyIds).getResultList();
    }

    /**
     * Makes a key; a tenant that is not known yet comes to be with its first key.
     *
     * @param owner name of its user
     * @throws ProblemException 409 if the tenant was deleted for good
     */
    @Transactional
    public Created create(String tenant, String owner, String name, KeyLimits limits) {
        ApiKey key = ApiKey.generate(ENVIRONMENT, random);
        return new Created(key, keep(key, tenant, owner, name, limits));
    }

    /** Keeps a key that was made elsewhere. */
    @Transactional
    public KeyRecord keep(ApiKey key, String tenant, String owner, String name, KeyLimits limits) {
        if (entities.find(Tenant.class, tenant) == null) {
            if (((Number) entities.createNativeQuery(RemovedTenants.COUNT).setParameter(1, tenant).getSingleResult()).longValue() > 0) {
                throw RemovedTenants.refusal(tenant, "tenant");
            }
            entities.persist(new Tenant(tenant, tenant, clock.instant()));
            // Also since the key refers to it by id only, which tells JPA no order of writing.
            Changes.note(entities);
        }
        KeyRecord kept = new KeyRecord(key.id(), key.last4(), hasher.hash(key), tenant, owner, name, limits, clock.instant());
        entities.persist(kept);
        return kept;
    }

    /** Keys that are looked for, revoked ones too unless it says otherwise, the newest first. */
    @Transactional
    public List<KeyRecord> page(KeySearch search, int most) {
        Map<String, Object> values = new LinkedHashMap<>();
        StringBuilder where = new StringBuilder();
        search.tenant().ifPresent(tenant -> {
            where.append(" and k.tenant = :tenant");
            values.put("tenant", tenant);
        });
        search.owner().ifPresent(owner -> {
            where.append(" and k.owner = :owner");
            values.put("owner", owner);
        });
        search.about().ifPresent(about -> {
            where.append(" and (lower(k.name) like :about escape '!' or lower(k.id) like :about escape '!' or lower(k.owner) like :about escape '!'"
                    + " or lower(k.last4) like :about escape '!')");
            values.put("about", Query.part(about));
        });
        if (search.inUse()) {
            where.append(" and k.revokedAt is null and (k.expiresAt is null or k.expiresAt > :now)");
            values.put("now", clock.instant());
        }
        search.after().ifPresent(after -> {
            where.append(" and (k.createdAt < :at or k.createdAt = :at and k.id > :id)");
            values.put("at", after.createdAt());
            values.put("id", after.id());
        });
        TypedQuery<KeyRecord> query = entities.createQuery("select k from KeyRecord k where k.id is not null" + where
                + " order by k.createdAt desc, k.id", KeyRecord.class);
        values.forEach(query::setParameter);
        return query.setMaxResults(most).getResultList();
    }

    /**
     * Makes a key with the name and the limits of another, which ends after a while. If that was to expire, the new one
     * lives as long as it was to.
     *
     * @param grace for how long both are accepted
     * @return empty if there is no such key within the caller's reach
     * @throws ProblemException 409 if the key is revoked, expired or replaced already
     */
    @Transactional
    public Optional<Created> rotate(Caller caller, String keyId, Duration grace) {
        Optional<KeyRecord> within = within(caller, Operation.ROTATE_KEY, keyId);
        if (within.isEmpty()) {
            return Optional.empty();
        }
        KeyRecord old = within.get();
        Instant now = clock.instant();
        if (!old.isCurrent(now)) {
            throw new ProblemException(Problem.of(409, "This API key is revoked, expired or replaced already."));
        }
        KeyLimits limits = old.limits();
        Optional<Instant> end = limits.expiresAt().map(expiry -> now.plus(Duration.between(old.createdAt(), expiry)));
        Created created = create(old.tenant(), old.owner(), old.name(),
                new KeyLimits(limits.scopes(), limits.models(), limits.addresses(), end));
        old.replace(created.key().id(), now.plus(grace));
        Changes.note(entities);
        return Optional.of(created);
    }

    /** @return empty if there is no such key within the caller's reach */
    @Transactional
    public Optional<KeyRecord> revoke(Caller caller, String keyId) {
        Optional<KeyRecord> key = within(caller, Operation.REVOKE_KEY, keyId);
        key.ifPresent(known -> {
            known.revoke(clock.instant());
            Changes.note(entities);
        });
        return key;
    }

    /** Revokes all keys of a user. */
    @Transactional
    public void revokeAll(String tenant, String owner) {
        entities.createQuery("update KeyRecord k set k.revokedAt = :now where k.tenant = :tenant and k.owner = :owner and k.revokedAt is null")
                .setParameter("now", clock.instant()).setParameter("tenant", tenant).setParameter("owner", owner).executeUpdate();
        Changes.note(entities);
    }

    /** Keeps another hash of a key, unless the one that it was made in place of is no longer there. */
    @Transactional
    public void rehash(String keyId, String old, String hash) {
        entities.createQuery("update KeyRecord k set k.hash = :hash where k.id = :id and k.hash = :old")
                .setParameter("hash", hash).setParameter("id", keyId).setParameter("old", old).executeUpdate();
    }

    /** Whether any tenant exists, which is so from the first start on. */
    @Transactional
    public boolean hasTenants() {
        return entities.createQuery("select count(t) from Tenant t", Long.class).getSingleResult() > 0;
    }

    private Optional<KeyRecord> within(Caller caller, Operation operation, String keyId) {
        // Locked: whoever rotates and whoever revokes the same key at the same moment do so one after the other.
        return Optional.ofNullable(entities.find(KeyRecord.class, keyId, LockModeType.PESSIMISTIC_WRITE)).filter(key -> caller.reaches(operation, key.tenant(), key.owner()));
    }
}
