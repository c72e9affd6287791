package org.altiplano.security.access;

import java.util.Locale;

/** What can be asked of the platform. Every method of every interface performs one; {@link Access} says for whom. */
public enum Operation {

    CREATE_COMPLETION, TOKENIZE, LIST_MODELS, SEE_OWN_USAGE,
    SIGN_IN, SEE_SESSION, CHANGE_PASSWORD, SEE_SECOND_FACTOR, SET_SECOND_FACTOR, SIGN_OUT,
    LIST_WORKERS, DRAIN_WORKER, RESUME_WORKER,
    LIST_ALL_MODELS, ADD_MODEL, REMOVE_MODEL, SERVE_MODEL, UNSERVE_MODEL,
    LIST_MODEL_JOBS, CANCEL_MODEL_JOB,
    LIST_PINS, CREATE_PIN, CHANGE_PIN, DELETE_PIN,
    LIST_KEYS, CREATE_KEY, ROTATE_KEY, REVOKE_KEY,
    LIST_MEMBERS, ADD_MEMBER, CHANGE_MEMBER, RESET_SECOND_FACTOR, REMOVE_MEMBER,
    LIST_TENANTS, SEE_TENANT, CREATE_TENANT, CHANGE_TENANT, DELETE_TENANT,
    LIST_POLICIES, SEE_POLICY, CREATE_POLICY, CHANGE_POLICY, DELETE_POLICY,
    LIST_PRICES, SET_PRICE, REMOVE_PRICE,
    SEE_USAGE, SEE_QUOTAS, SEE_AUDIT,
    SEE_CONTENT_LOGGING, SET_CONTENT_LOGGING, READ_CONTENT_LOG, ERASE_CONTENT_LOG,
    SEE_SECRETS, BACK_UP;

    /** As documents spell it, such as {@code create-completion}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether it comes before anybody is known: its resource looks at the credentials itself. */
    public boolean isOpen() {
        return switch (this) {
            case SIGN_IN, SEE_SESSION, CHANGE_PASSWORD, SEE_SECOND_FACTOR, SET_SECOND_FACTOR, SIGN_OUT -> true;
            default -> false;
        };
    }
}
