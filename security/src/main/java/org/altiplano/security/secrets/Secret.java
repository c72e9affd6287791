package org.altiplano.security.secrets;

import java.util.Locale;

/** What an installation must keep to itself, and never in its database. */
public enum Secret {

    /** Without it no API key can be checked. */
    PEPPER("API keys are hashed with it"),

    /** Without it no event of the audit log can be signed, or checked. */
    AUDIT_KEY("it signs the audit log"),

    /** Without it workers could be told which tenant a prefix is of. */
    SALT_KEY("it tells tenants' cached prefixes apart");

    private final String use;

    Secret(String use) {
        this.use = use;
    }

    /** What it is for, as half a sentence. */
    public String use() {
        return use;
    }

    /** As its file is called and commands spell it, such as {@code audit-key}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The variable of the environment that may hold it in place of the file. */
    public String variable() {
        return "ALTIPLANO_" + name();
    }
}
