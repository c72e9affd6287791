package org.altiplano.engine.kvcache;

import java.util.Arrays;
import org.altiplano.contract.CacheSalt;

/** Leads from a node to the block that holds the next tokens, for those who have the salt. Equal only if every token is. */
final class PrefixEdge {

    static final PrefixEdge NONE = new PrefixEdge(-1, CacheSalt.PUBLIC, new int[0]);

    private final long parent;
    private final CacheSalt salt;
    private final int[] tokens;
    private final int hash;

    /** @param parent id of the node that it starts from */
    PrefixEdge(long parent, CacheSalt salt, int[] tokens) {
        this.parent = parent;
        this.salt = salt;
        this.tokens = tokens;
        this.hash = hash(parent, salt, tokens);
    }

    CacheSalt salt() {
        return salt;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixEdge edge && hash == edge.hash && parent == edge.parent && salt.equals(edge.salt)
                && Arrays.equals(tokens, edge.tokens);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    /** The salt, which no tenant knows, is stirred in first: nobody can choose prompts that collide and so slow others down. */
    private static int hash(long parent, CacheSalt salt, int[] tokens) {
        long state = stir(parent ^ (long) salt.hashCode() << 32);
        for (int token : tokens) {
            state = stir(state ^ token);
        }
        return (int) state;
    }

    private static long stir(long state) {
        long product = state * 0x9E3779B97F4A7C15L;
        return product ^ product >>> 29;
    }
}
