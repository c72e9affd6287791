package org.altiplano.platform.sessions.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** A user's session at the console, from sign-in to sign-out or expiry. */
@Entity
@Table(name = "console_session")
public class ConsoleSession {

    @Id
    @Column(name = "token_digest")
    private String tokenDigest;
    private String username;
    @Column(name = "created_at")
    private Instant createdAt;
    @Column(name = "expires_at")
    private Instant expiresAt;

    /** For JPA only. */
    protected ConsoleSession() {
    }

    public ConsoleSession(String tokenDigest, String username, Instant createdAt, Instant expiresAt) {
        this.tokenDigest = tokenDigest;
        this.username = username;
        this.createdAt = createdAt;
        this.expiresAt = expiresAt;
    }

    public String username() {
        return username;
    }

    public Instant expiresAt() {
        return expiresAt;
    }
}
