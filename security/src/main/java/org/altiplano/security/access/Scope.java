package org.altiplano.security.access;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What an API key is for: it narrows the roles' operations to those named here. No scope reaches the administration. */
public enum Scope {

    /** Use models, and see how much of them was used. */
    INFERENCE(Operation.CREATE_COMPLETION, Operation.TOKENIZE, Operation.LIST_MODELS, Operation.SEE_OWN_USAGE),

    /** See which models there are, such as a monitor does. */
    MODELS(Operation.LIST_MODELS);

    private final Set<Operation> operations;

    Scope(Operation first, Operation... others) {
        operations = EnumSet.of(first, others);
    }

    public boolean covers(Operation operation) {
        return operations.contains(operation);
    }

    /** As requests and the database spell it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Scope> of(String word) {
        return Arrays.stream(values()).filter(scope -> scope.word().equals(word)).findFirst();
    }
}
