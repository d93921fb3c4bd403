package io.larder.client;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a placement shares out keys: from sample keys, no node is asked.
 *
 * @param keys how many were placed
 * @param perNode keys of each node, by {@link Node#name()}, in the order configured
 * @param spread standard deviation of the keys of a node, in proportion to what its weight would give it: 0.1 means that nodes have
 *     10 % more or less than their share
 */
public record Distribution(int keys, Map<String, Integer> perNode, double spread) {
    public Distribution {
        perNode = Collections.unmodifiableMap(new LinkedHashMap<>(perNode));
    }

    /**
     * Places keys.
     *
     * @param keys as they are hashed, see {@link Placement#prefixCounts}; at least one
     */
    static Distribution of(Placement placement, List<Node> nodes, List<byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a distribution needs keys");
        }
        int[] counts = new int[nodes.size()];
        Placement.Ring ring = placement.ring(nodes);
        for (byte[] key : keys) {
            counts[ring.nodeOf(key)]++;
        }
        double totalWeight = nodes.stream().mapToInt(Node::weight).sum();
        double squares = 0;
        Map<String, Integer> perNode = new LinkedHashMap<>();
        for (int i = 0; i < counts.length; i++) {
            perNode.put(nodes.get(i).name(), counts[i]);
            double fair = keys.size() * nodes.get(i).weight() / totalWeight;
            squares += Math.pow(counts[i] / fair - 1, 2);
        }
        return new Distribution(keys.size(), perNode, Math.sqrt(squares / counts.length));
    }

    /** Share of the keys, 0 to 1, that another list of nodes would move to another node. */
    static double moved(Placement placement, List<Node> before, List<Node> after, List<byte[]> keys) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("a distribution needs keys");
        }
        Placement.Ring now = placement.ring(before);
        Placement.Ring then = placement.ring(after);
        int moved = 0;
        for (byte[] key : keys) {
            String from = before.get(now.nodeOf(key)).name();
            moved += from.equals(after.get(then.nodeOf(key)).name()) ? 0 : 1;
        }
        return (double) moved / keys.size();
    }

    /** The share of a node, 0 to 1; 0 for one that is not there. */
    public double share(String node) {
        return (double) perNode.getOrDefault(node, 0) / keys;
    }

    /** One line a node, and the spread, for people. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>();
        perNode.forEach((node, count) ->
                lines.add(String.format(Locale.ROOT, "%-30s %8d keys %6.2f %%", node, count, 100 * share(node))));
        lines.add(String.format(Locale.ROOT, "spread %.1f %%", 100 * spread));
        return String.join("\n", lines);
    }
}
