package org.altiplano.platform.tenants.entity;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.altiplano.security.access.Role;
import org.altiplano.security.access.Scope;
import org.altiplano.security.apikey.AddressRange;
import org.altiplano.security.apikey.KeyLimits;
import org.altiplano.security.identity.Caller;

/** What is kept of an API key: never the key itself. Once revoked it stays revoked, once replaced it stays replaced. */
@Entity
@Table(name = "api_key")
public class KeyRecord {

    @Id
    private String id;
    @Column(name = "tenant_id")
    private String tenant;
    @Column(name = "owner_name")
    private String owner;
    private String name;
    private String last4;
    @Column(name = "key_hash")
    private String hash;
    private String scopes;
    private String models;
    private String addresses;
    @Column(name = "created_at")
    private Instant createdAt;
    @Column(name = "expires_at")
    private Instant expiresAt;
    @Column(name = "last_used_at")
    private Instant lastUsedAt;
    @Column(name = "revoked_at")
    private Instant revokedAt;
    @Column(name = "replaced_by")
    private String replacedBy;

    /** For JPA only. */
    protected KeyRecord() {
    }

    /**
     * @param owner name of the user whose key it is
     * @param hash made by {@link org.altiplano.security.apikey.KeyHasher}
     */
    public KeyRecord(String id, String last4, String hash, String tenant, String owner, String name, KeyLimits limits, Instant createdAt) {
        this.id = id;
        this.last4 = last4;
        this.hash = hash;
        this.tenant = tenant;
        this.owner = owner;
        this.name = name;
        this.scopes = words(limits.scopes(), Scope::word);
        this.models = limits.models().map(known -> words(known, Function.identity())).orElse(null);
        this.addresses = limits.addresses().isEmpty() ? null : words(limits.addresses(), AddressRange::text);
        this.expiresAt = limits.expiresAt().orElse(null);
        this.createdAt = createdAt;
    }

    public void revoke(Instant now) {
        if (revokedAt == null) {
            revokedAt = now;
        }
    }

    /** Gives the key an end, unless it had an earlier one. @param successor id of the key that is used instead */
    public void replace(String successor, Instant end) {
        replacedBy = successor;
        if (expiresAt == null || end.isBefore(expiresAt)) {
            expiresAt = end;
        }
    }

    /** Whether it is neither revoked nor expired nor replaced, so that another may come in its stead. */
    public boolean isCurrent(Instant now) {
        return revokedAt == null && replacedBy == null && (expiresAt == null || now.isBefore(expiresAt));
    }

    /** Whom the key stands for. */
    public Caller caller() {
        return new Caller(tenant, owner, Optional.of(id), Caller.Origin.API_KEY, Set.of(Role.DEVELOPER),
                Optional.of(limits().scopes()), limits().models());
    }

    /** A scope or range that this version does not know gives no right. */
    public KeyLimits limits() {
        List<AddressRange> ranges = split(addresses).flatMap(word -> AddressRange.parse(word).stream()).toList();
        return new KeyLimits(split(scopes).flatMap(word -> Scope.of(word).stream()).collect(Collectors.toSet()),
                Optional.ofNullable(models).map(known -> split(known).collect(Collectors.toSet())), ranges, Optional.ofNullable(expiresAt));
    }

    public String id() {
        return id;
    }

    public String tenant() {
        return tenant;
    }

    public String owner() {
        return owner;
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

    public Optional<Instant> lastUsedAt() {
        return Optional.ofNullable(lastUsedAt);
    }

    public Optional<Instant> revokedAt() {
        return Optional.ofNullable(revokedAt);
    }

    public Optional<String> replacedBy() {
        return Optional.ofNullable(replacedBy);
    }

    private static <T> String words(Collection<T> values, Function<T, String> word) {
        return values.stream().map(word).sorted().collect(Collectors.joining(","));
    }

    private static Stream<String> split(String words) {
        return words == null ? Stream.empty() : Arrays.stream(words.split(","));
    }
}
