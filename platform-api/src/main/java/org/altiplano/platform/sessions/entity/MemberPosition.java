package org.altiplano.platform.sessions.entity;

/**
 * A place in the list of all members: after this one.
 *
 * @param tenant empty before all
 * @param username empty before all of the tenant
 */
public record MemberPosition(String tenant, String username) {

    private static final String LAST = "\uffff";

    /** What {@link #text()} once was, or any other text that somebody sent. */
    public static MemberPosition of(String text) {
        String[] parts = text.split("/", 2);
        return new MemberPosition(parts[0], parts.length < 2 ? "" : parts[1]);
    }

    public static MemberPosition of(Member member) {
        return new MemberPosition(member.tenant(), member.username());
    }

    /** After all members of a tenant. */
    public static MemberPosition endOf(String tenant) {
        return new MemberPosition(tenant, LAST);
    }

    /** Whether a member of the same tenant, or of a later one, comes after this. */
    public boolean isBefore(Member member) {
        return !member.tenant().equals(tenant) || member.username().compareTo(username) > 0;
    }

    public String text() {
        return tenant + "/" + username;
    }
}
