package org.altiplano.security.identity;

import java.util.regex.Pattern;

/** How the id of a tenant is spelled, which addresses, the database and the log take as it is. */
public final class TenantId {

    /** For people whose id was refused. */
    public static final String FORM = "1 to 64 lower-case letters, digits and hyphens";

    private static final Pattern PATTERN = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private TenantId() {
    }

    public static boolean isValid(String text) {
        return PATTERN.matcher(text).matches();
    }
}
