package org.altiplano.grid.routing;

import org.altiplano.engine.text.OffendingHelper;

/** Breaks: the grid knows the contract only. */
class OffendingRouter {

    OffendingHelper engine;
}
