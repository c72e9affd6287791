package org.altiplano.cli;

import picocli.CommandLine.Option;

/** The choice between words for people and one JSON value for programs. */
final class JsonOption {

    @Option(names = "--json", description = "Print the result as one JSON value.")
    private boolean json;

    boolean isAsked() {
        return json;
    }
}
