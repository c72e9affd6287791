package org.altiplano.platform.lawless.entity;

import org.altiplano.platform.lawless.boundary.OffendingResource;

/** Breaks: entities know no boundary. */
class OffendingEntity {

    OffendingResource resource;
}
