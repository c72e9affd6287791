package org.altiplano.platform.lawless.boundary;

import org.altiplano.engine.text.OffendingHelper;

/** Breaks: the platform does not know the engine. */
public class OffendingResource {

    OffendingHelper engine;
}
