package org.altiplano.security.access;

import static org.altiplano.security.access.Reach.NONE;
import static org.altiplano.security.access.Reach.OWN;
import static org.altiplano.security.access.Reach.PLATFORM;
import static org.altiplano.security.access.Reach.TENANT;

import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The one table that says which role may do what, and how far. The documentation is checked against it, the gateway asks
 * nothing else. What the table does not name is allowed to nobody.
 */
public final class Access {

    private static final Map<Operation, List<Reach>> TABLE = new EnumMap<>(Operation.class);

    static {
        // Columns in the order of Role:       platform-admin  tenant-admin  developer  safety-reviewer  auditor
        row(Operation.CREATE_COMPLETION,       NONE,          OWN,          OWN,       OWN,             NONE);
        row(Operation.TOKENIZE,                NONE,          OWN,          OWN,       OWN,             NONE);
        row(Operation.LIST_MODELS,             NONE,          OWN,          OWN,       OWN,             NONE);
        row(Operation.SEE_OWN_USAGE,           OWN,           OWN,          OWN,       OWN,             NONE);
        row(Operation.SIGN_IN,                 OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.SEE_SESSION,             OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.CHANGE_PASSWORD,         OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.SEE_SECOND_FACTOR,       OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.SET_SECOND_FACTOR,       OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.SIGN_OUT,                OWN,           OWN,          OWN,       OWN,             OWN);
        row(Operation.LIST_WORKERS,            PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.DRAIN_WORKER,            PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.RESUME_WORKER,           PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.LIST_ALL_MODELS,         PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.ADD_MODEL,               PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.REMOVE_MODEL,            PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.SERVE_MODEL,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.UNSERVE_MODEL,           PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.LIST_MODEL_JOBS,         PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.CANCEL_MODEL_JOB,        PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.LIST_PINS,              PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.CREATE_PIN,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.CHANGE_PIN,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.DELETE_PIN,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.LIST_KEYS,               PLATFORM,      TENANT,       OWN,       NONE,            TENANT);
        row(Operation.CREATE_KEY,              PLATFORM,      TENANT,       OWN,       NONE,            NONE);
        row(Operation.ROTATE_KEY,              PLATFORM,      TENANT,       OWN,       NONE,            NONE);
        row(Operation.REVOKE_KEY,              PLATFORM,      TENANT,       OWN,       NONE,            NONE);
        row(Operation.LIST_MEMBERS,            PLATFORM,      TENANT,       NONE,      NONE,            TENANT);
        row(Operation.ADD_MEMBER,              PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.CHANGE_MEMBER,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.RESET_SECOND_FACTOR,     PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.REMOVE_MEMBER,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.LIST_TENANTS,            PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.SEE_TENANT,              PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.CREATE_TENANT,           PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.CHANGE_TENANT,           PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.DELETE_TENANT,           PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.LIST_POLICIES,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.SEE_POLICY,              PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.CREATE_POLICY,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.CHANGE_POLICY,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.DELETE_POLICY,           PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.LIST_PRICES,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.SET_PRICE,               PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.REMOVE_PRICE,            PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.SEE_USAGE,               PLATFORM,      TENANT,       NONE,      NONE,            TENANT);
        row(Operation.SEE_QUOTAS,              PLATFORM,      TENANT,       NONE,      NONE,            NONE);
        row(Operation.SEE_AUDIT,               PLATFORM,      NONE,         NONE,      NONE,            TENANT);
        row(Operation.SEE_CONTENT_LOGGING,     NONE,          TENANT,       NONE,      TENANT,          TENANT);
        row(Operation.SET_CONTENT_LOGGING,     NONE,          TENANT,       NONE,      NONE,            NONE);
        row(Operation.READ_CONTENT_LOG,        NONE,          NONE,         NONE,      TENANT,          NONE);
        row(Operation.ERASE_CONTENT_LOG,       NONE,          TENANT,       NONE,      NONE,            NONE);
        row(Operation.SEE_SECRETS,             PLATFORM,      NONE,         NONE,      NONE,            NONE);
        row(Operation.BACK_UP,                 PLATFORM,      NONE,         NONE,      NONE,            NONE);
    }

    private Access() {
    }

    /** How far the operation goes for whoever has this role alone. */
    public static Reach reach(Role role, Operation operation) {
        return TABLE.getOrDefault(operation, List.of(NONE, NONE, NONE, NONE, NONE)).get(role.ordinal());
    }

    /** How far it goes for whoever has these roles: as far as the one that reaches farthest. */
    public static Reach reach(Collection<Role> roles, Operation operation) {
        return roles.stream().map(role -> reach(role, operation)).max(Reach::compareTo).orElse(NONE);
    }

    private static void row(Operation operation, Reach... reaches) {
        TABLE.put(operation, List.of(reaches));
    }
}
