package org.altiplano.platform.models.entity;

import java.time.Instant;
import org.altiplano.contract.PinnedPrefix;

/**
 * A system prompt that workers are to keep computed.
 *
 * @param model whose chats begin with it
 * @param version grows with every change of the text
 */
public record PinRecord(String id, String model, String system, Instant createdAt, long version) {

    /** What workers know this very text by. */
    public static String name(String id, long version) {
        return id + "." + version;
    }

    public PinnedPrefix prefix() {
        return new PinnedPrefix(name(id, version), system);
    }
}
