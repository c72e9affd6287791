package org.altiplano.contract;

import java.util.Objects;

/** One turn of a conversation. */
public record Message(Role role, String content) {

    /** Who speaks. */
    public enum Role { SYSTEM, USER, ASSISTANT }

    public Message {
        Objects.requireNonNull(role);
        Objects.requireNonNull(content);
    }
}
