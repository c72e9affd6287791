package org.altiplano.platform.sessions.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Somebody who signs in to the console. */
@Entity
@Table(name = "platform_user")
public class PlatformUser {

    @Id
    private String username;
    @Column(name = "tenant_id")
    private String tenant;
    @Column(name = "password_hash")
    private String passwordHash;
    private String roles;
    @Column(name = "created_at")
    private Instant createdAt;

    /** For JPA only. */
    protected PlatformUser() {
    }

    /** @param passwordHash made by {@link org.altiplano.security.identity.PasswordHasher} */
    public PlatformUser(String username, String tenant, String passwordHash, Set<String> roles, Instant createdAt) {
        this.username = username;
        this.tenant = tenant;
        this.passwordHash = passwordHash;
        this.roles = String.join(",", new TreeSet<>(roles));
        this.createdAt = createdAt;
    }

    public String username() {
        return username;
    }

    public String tenant() {
        return tenant;
    }

    public String passwordHash() {
        return passwordHash;
    }

    public Set<String> roles() {
        return new TreeSet<>(List.of(roles.split(",")));
    }
}
