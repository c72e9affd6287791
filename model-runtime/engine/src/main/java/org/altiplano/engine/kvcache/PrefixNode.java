package org.altiplano.engine.kvcache;

import java.util.Comparator;

/** A full block in the prefix tree; owned by the {@link PrefixCache}. The root stands for the empty prefix and has no block. */
final class PrefixNode {

    /** Who goes first when memory is needed: what is not pinned, then what was used longest ago. */
    static final Comparator<PrefixNode> FIRST_TO_GO = Comparator.<PrefixNode, Boolean>comparing(node -> node.pins > 0)
            .thenComparingLong(node -> node.lastUsed).thenComparingLong(node -> node.id);

    final long id;
    final PrefixNode parent;
    final PrefixEdge edge;
    final int block;
    final int depth;
    int children;
    int pins;
    long lastUsed;

    private PrefixNode() {
        id = 0;
        parent = this;
        edge = PrefixEdge.NONE;
        block = -1;
        depth = 0;
    }

    PrefixNode(long id, PrefixNode parent, PrefixEdge edge, int block) {
        this.id = id;
        this.parent = parent;
        this.edge = edge;
        this.block = block;
        this.depth = parent.depth + 1;
    }

    static PrefixNode root() {
        return new PrefixNode();
    }

    boolean isRoot() {
        return depth == 0;
    }
}
