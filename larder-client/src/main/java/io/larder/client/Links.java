package io.larder.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of a client at one time, and which of them holds a key, also while some are down. Immutable. */
final class Links {
    private final List<NodeLink> links;
    private final Placement.Ring ring;
    private final FailurePolicy.Kind failure;

    /** Those that stand in for others; null unless the policy says so. */
    private final @Nullable Links gutter;

    private Links(List<NodeLink> links, Placement.Ring ring, FailurePolicy.Kind failure, @Nullable Links gutter) {
        this.links = List.copyOf(links);
        this.ring = ring;
        this.failure = failure;
        this.gutter = gutter;
    }

    static Links of(MemcachedConfig config) {
        List<NodeLink> links =
                config.nodes().stream().map(node -> new NodeLink(node, config)).toList();
        return new Links(
                links, config.placement().ring(config.nodes()), config.failure().kind(), gutter(config));
    }

    private static @Nullable Links gutter(MemcachedConfig config) {
        FailurePolicy policy = config.failure();
        if (policy.kind() != FailurePolicy.Kind.GUTTER) {
            return null;
        }
        List<NodeLink> links = policy.gutter().stream()
                .map(node -> new NodeLink(node, config, policy.gutterTtl()))
                .toList();
        return new Links(links, config.placement().ring(policy.gutter()), FailurePolicy.Kind.FAIL_FAST, null);
    }

    /** Other nodes; the links of those that stay are kept, whatever their weight is now. */
    Links with(List<Node> nodes, MemcachedConfig config) {
        List<NodeLink> changed = new ArrayList<>();
        for (Node node : nodes) {
            NodeLink known = find(node);
            changed.add(known == null ? new NodeLink(node, config) : known);
        }
        return new Links(changed, config.placement().ring(nodes), failure, gutter);
    }

    private @Nullable NodeLink find(Node node) {
        for (NodeLink link : links) {
            if (link.node().name().equals(node.name())) {
                return link;
            }
        }
        return null;
    }

    /** The node of a key when none is down. */
    NodeLink home(byte[] hashed) {
        return links.get(ring.nodeOf(hashed));
    }

    /** The node to ask for a key now. */
    NodeLink of(byte[] hashed) {
        NodeLink home = home(hashed);
        boolean stays = failure == FailurePolicy.Kind.FAIL_FAST || failure == FailurePolicy.Kind.IGNORE;
        return stays || home.isUsable() ? home : standIn(home, hashed);
    }

    /** The node to change a key on now. What its own node still has must not be seen once that returns. */
    NodeLink toChange(byte[] hashed, byte[] wireKey) {
        NodeLink home = home(hashed);
        NodeLink now = of(hashed);
        if (now != home) {
            home.forget(wireKey);
        }
        return now;
    }

    private NodeLink standIn(NodeLink home, byte[] hashed) {
        home.counters().rerouted.increment();
        if (gutter != null) {
            return gutter.home(hashed);
        }
        int next = ring.nodeOf(hashed, links.size(), i -> links.get(i).isUsable());
        return next < 0 ? home : links.get(next);
    }

    /** The ordinary nodes. */
    List<NodeLink> all() {
        return links;
    }

    List<NodeLink> withGutter() {
        if (gutter == null) {
            return links;
        }
        List<NodeLink> all = new ArrayList<>(links);
        all.addAll(gutter.links);
        return all;
    }
}
