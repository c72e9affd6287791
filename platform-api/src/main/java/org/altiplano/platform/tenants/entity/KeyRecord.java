package org.altiplano.platform.tenants.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Optional;

/** What is kept of an API key: never the key itself. Once revoked it stays revoked. */
@Entity
@Table(name = "api_key")
public class KeyRecord {

    @Id
    private String id;
    @Column(name = "tenant_id")
    private String tenant;
    private String name;
    private String last4;
    @Column(name = "key_hash")
    private String hash;
    @Column(name = "created_at")
    private Instant createdAt;
    @Column(name = "revoked_at")
    private Instant revokedAt;

    /** For JPA only. */
    protected KeyRecord() {
    }

    /** @param hash made by {@link org.altiplano.security.apikey.KeyHasher} */
    public KeyRecord(String id, String tenant, String name, String last4, String hash, Instant createdAt) {
        this.id = id;
        this.tenant = tenant;
        this.name = name;
        this.last4 = last4;
        this.hash = hash;
        this.createdAt = createdAt;
    }

    public void revoke(Instant now) {
        if (revokedAt == null) {
            revokedAt = now;
        }
    }

    public String id() {
        return id;
    }

    public String tenant() {
        return tenant;
    }

    public String name() {
        return name;
    }

    public String last4() {
        return last4;
    }

    public String hash() {
        return hash;
    }

    public Instant createdAt() {
        return createdAt;
    }

    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }
}
