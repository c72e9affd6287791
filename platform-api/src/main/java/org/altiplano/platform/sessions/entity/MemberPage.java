package org.altiplano.platform.sessions.entity;

import java.util.List;
import java.util.Optional;

/**
 * Some members, in the order of their tenants and names.
 *
 * @param next where the page after this one begins; empty if there is none
 */
public record MemberPage(List<Member> members, Optional<MemberPosition> next) {

    /** The first of those that were read; where there were more, another page begins after them. @param size at the most */
    public static MemberPage first(int size, List<Member> read) {
        if (read.size() <= size) {
            return new MemberPage(read, Optional.empty());
        }
        return new MemberPage(List.copyOf(read.subList(0, size)), Optional.of(MemberPosition.of(read.get(size - 1))));
    }
}
