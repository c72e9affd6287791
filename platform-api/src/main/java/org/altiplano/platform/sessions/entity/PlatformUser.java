package org.altiplano.platform.sessions.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.altiplano.security.access.Role;
import org.altiplano.security.identity.Caller;

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
    public PlatformUser(String username, String tenant, String passwordHash, Set<Role> roles, Instant createdAt) {
        this.username = username;
        this.tenant = tenant;
        this.passwordHash = passwordHash;
        roles(roles);
        this.createdAt = createdAt;
    }

    public final void roles(Set<Role> wanted) {
        roles = wanted.stream().map(Role::word).sorted().collect(Collectors.joining(","));
    }

    public String username() {
        return username;
    }

    public void passwordHash(String hash) {
        passwordHash = hash;
    }

    public String passwordHash() {
        return passwordHash;
    }

    public Member member() {
        return new Member(username, username, tenant, caller().roles(), createdAt);
    }

    /** The user as a caller. A role that this version does not know gives no right. */
    public Caller caller() {
        Set<Role> known = Arrays.stream(roles.split(",")).flatMap(word -> Role.of(word).stream()).collect(Collectors.toSet());
        return Caller.unlimited(tenant, username, Caller.Origin.SESSION, known);
    }
}
