package org.altiplano.engine.kvcache;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.altiplano.contract.CacheSalt;

/**
 * Owns the nodes of the prefix tree, on the engine's thread: what can be found by whom. A node is a full block under its
 * parent, found by its exact tokens and the salt of whoever added it. Below the root lies the public tree; private
 * branches hang from the root and from any public node, and only the holder of their salt can follow them, so that a public
 * system prompt is shared by all and what comes after it by nobody. Nothing public grows on a private branch.
 */
final class PrefixTree {

    private final PrefixNode root = PrefixNode.root();
    private final Map<PrefixEdge, PrefixNode> nodes = new HashMap<>();
    private long ids;

    PrefixNode root() {
        return root;
    }

    int size() {
        return nodes.size();
    }

    /** The edge on which a salt would add a node. */
    static PrefixEdge edge(PrefixNode parent, CacheSalt salt, int[] tokens) {
        return new PrefixEdge(parent.id, salt, tokens);
    }

    /** The node that holds the next tokens: a public one, or one of the salt. */
    Optional<PrefixNode> child(PrefixNode parent, CacheSalt salt, int[] tokens) {
        PrefixNode shared = nodes.get(edge(parent, CacheSalt.PUBLIC, tokens));
        if (shared != null || salt.equals(CacheSalt.PUBLIC)) {
            return Optional.ofNullable(shared);
        }
        return Optional.ofNullable(nodes.get(edge(parent, salt, tokens)));
    }

    /**
     * The deepest node that holds a prefix of the given tokens and is public or of the salt.
     *
     * @param tokens those of the block of that index
     * @param most greatest depth
     */
    PrefixNode longest(CacheSalt salt, IntFunction<int[]> tokens, int most) {
        PrefixNode best = root;
        PrefixNode shared = root;
        Optional<PrefixNode> next = Optional.of(root);
        // A private branch may leave the public path anywhere, and be longer than that.
        while (next.isPresent()) {
            shared = next.get();
            PrefixNode own = salt.equals(CacheSalt.PUBLIC) ? shared : branch(shared, salt, tokens, most);
            best = own.depth > best.depth ? own : best;
            next = step(shared, CacheSalt.PUBLIC, tokens, most);
        }
        return shared.depth >= best.depth ? shared : best;
    }

    /** The deepest node of one salt's own nodes below the given one. */
    private PrefixNode branch(PrefixNode from, CacheSalt salt, IntFunction<int[]> tokens, int most) {
        PrefixNode node = from;
        for (Optional<PrefixNode> next = Optional.of(from); next.isPresent(); next = step(node, salt, tokens, most)) {
            node = next.get();
        }
        return node;
    }

    private Optional<PrefixNode> step(PrefixNode from, CacheSalt salt, IntFunction<int[]> tokens, int most) {
        return from.depth < most ? Optional.ofNullable(nodes.get(edge(from, salt, tokens.apply(from.depth)))) : Optional.empty();
    }

    PrefixNode add(PrefixNode parent, CacheSalt salt, int[] tokens, int block) {
        PrefixNode node = new PrefixNode(++ids, parent, edge(parent, salt, tokens), block);
        nodes.put(node.edge, node);
        parent.children++;
        return node;
    }

    /** Takes out a node without children. */
    void remove(PrefixNode leaf) {
        nodes.remove(leaf.edge);
        leaf.parent.children--;
    }
}
