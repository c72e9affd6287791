package org.altiplano.cli;

/** A command cannot do what it was asked to; the message is one clear sentence for the user. Exit code 1. */
final class CommandFailure extends RuntimeException {

    CommandFailure(String message) {
        super(message);
    }

    CommandFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
