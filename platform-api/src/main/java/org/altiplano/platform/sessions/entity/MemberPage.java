package org.altiplano.platform.sessions.entity;

import java.util.List;
import java.util.Optional;

/**
 * Some members, in the order of their tenants and names.
 *
 * @param next where the page after this one begins; empty if there is none
 */
public record MemberPage(List<Member> members, Optional<MemberPosition> next) {
}
