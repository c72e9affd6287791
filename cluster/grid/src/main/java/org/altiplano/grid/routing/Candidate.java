package org.altiplano.grid.routing;

/**
 * A worker as the router sees it.
 *
 * @param status what it last said
 * @param load generations that it is believed to have now: what it said, corrected by what was sent to it since
 * @param doubtful whether it may be gone: silent for too long, or its connection broke after it last spoke
 */
public record Candidate(WorkerStatus status, int load, boolean doubtful) {
}
