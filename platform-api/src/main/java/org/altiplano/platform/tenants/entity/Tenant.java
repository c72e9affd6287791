package org.altiplano.platform.tenants.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** An organisation that uses the platform; what it does and keeps is separate from all others'. */
@Entity
@Table(name = "tenant")
public class Tenant {

    /** The tenant that the first start makes. */
    public static final String DEFAULT = "default";

    @Id
    private String id;
    private String name;
    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA only. */
    protected Tenant() {
    }

    public Tenant(String id, String name, Instant createdAt) {
        this.id = id;
        this.name = name;
        this.createdAt = createdAt;
    }
}
