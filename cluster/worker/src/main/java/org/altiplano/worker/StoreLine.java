package org.altiplano.worker;

import java.util.Optional;

/**
 * What the process that fills a store says in one line: how far it is, or why it failed.
 *
 * @param failure the reason as a sentence; empty for progress
 */
record StoreLine(String phase, long done, long total, Optional<String> failure) {

    private static final String PROGRESS = "progress";
    private static final String FAILED = "failed";

    static String progress(String phase, long done, long total) {
        return PROGRESS + "\t" + done + "\t" + total + "\t" + oneLine(phase);
    }

    static String failed(String sentence) {
        return FAILED + "\t" + oneLine(sentence);
    }

    /** Empty for a line that is neither. */
    static Optional<StoreLine> parse(String line) {
        String[] parts = line.split("\t", 4);
        if (parts[0].equals(FAILED) && parts.length == 2) {
            return Optional.of(new StoreLine("", 0, 0, Optional.of(parts[1])));
        }
        if (parts[0].equals(PROGRESS) && parts.length == 4 && parts[1].matches("\\d{1,18}") && parts[2].matches("\\d{1,18}")) {
            return Optional.of(new StoreLine(parts[3], Long.parseLong(parts[1]), Long.parseLong(parts[2]), Optional.empty()));
        }
        return Optional.empty();
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
