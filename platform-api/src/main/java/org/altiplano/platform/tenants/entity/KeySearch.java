package org.altiplano.platform.tenants.entity;

import java.util.Optional;

/**
 * Which keys are looked for, the newest first.
 *
 * @param tenant whose they are; empty: whosever they are
 * @param owner whose of the tenant's users
 * @param about part of the name, the id, the owner or the last four characters, in whatever case
 * @param inUse only those that are neither revoked nor expired
 * @param after the last one of the page before
 */
public record KeySearch(Optional<String> tenant, Optional<String> owner, Optional<String> about, boolean inUse, Optional<KeyPosition> after) {
}
