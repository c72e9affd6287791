package org.altiplano.platform.contentlog.entity;

import java.time.Instant;
import java.util.regex.Pattern;

/**
 * What was asked in one request, and answered.
 *
 * @param request its id, as in the answer
 * @param key id of the API key, empty without
 * @param content prompts and answers as one JSON object
 */
public record ContentRecord(String request, String tenant, String owner, String key, String model, Instant at, String content) {

    private static final long LATEST = 9_999_999_999_999L;
    private static final Pattern HALF_CHARACTER = Pattern.compile("\\p{Cs}");

    public ContentRecord {
        // Not every database can keep it.
        content = HALF_CHARACTER.matcher(content).replaceAll("\ufffd");
    }

    /** Where it stands among all, by time. */
    public String position() {
        return position(at) + "-" + request;
    }

    /** Where those of a time begin; as many digits for every time, so that texts stand in the order of times. */
    public static String position(Instant at) {
        return "%013d".formatted(Math.max(0, Math.min(at.toEpochMilli(), LATEST)));
    }

    /** Without what was said, so that it gets into no log by accident. */
    @Override
    public String toString() {
        return "ContentRecord[" + request + "]";
    }
}
