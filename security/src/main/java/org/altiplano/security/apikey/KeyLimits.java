package org.altiplano.security.apikey;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.altiplano.security.access.Scope;

/**
 * What a key is limited to.
 *
 * @param scopes what it is for
 * @param models which models it may use; empty for all
 * @param addresses where it may be used from; an empty list for anywhere
 * @param expiresAt from when on it is refused; empty for never
 */
public record KeyLimits(Set<Scope> scopes, Optional<Set<String>> models, List<AddressRange> addresses, Optional<Instant> expiresAt) {

    /** A key for inference with every model, from everywhere, for good. */
    public static final KeyLimits NONE = new KeyLimits(Set.of(Scope.INFERENCE), Optional.empty(), List.of(), Optional.empty());

    public KeyLimits {
        scopes = Set.copyOf(scopes);
        models = models.map(Set::copyOf);
        addresses = List.copyOf(addresses);
    }

    /** Whether the key may be used from this address at this time. @param address in digits */
    public boolean admits(String address, Instant now) {
        return expiresAt.filter(end -> !now.isBefore(end)).isEmpty()
                && (addresses.isEmpty() || addresses.stream().anyMatch(range -> range.contains(address)));
    }
}
