package org.altiplano.platform.tenants.entity;

import org.altiplano.security.apikey.KeyLimits;

/** A valid request for a key. */
public record KeyWish(String tenant, String name, KeyLimits limits) {
}
