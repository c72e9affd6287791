package org.altiplano.cli;

import jakarta.inject.Inject;

/** Breaks: the CLI talks by HTTP. */
class OffendingCommand {

    @Inject
    String server;
}
