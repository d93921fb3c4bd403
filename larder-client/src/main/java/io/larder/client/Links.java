package io.larder.client;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The nodes of a client at one time, and which of them holds a key. Immutable. */
final class Links {
    private final List<NodeLink> links;
    private final Placement.Ring ring;

    private Links(List<NodeLink> links, Placement.Ring ring) {
        this.links = List.copyOf(links);
        this.ring = ring;
    }

    static Links of(MemcachedConfig config) {
        List<NodeLink> links =
                config.nodes().stream().map(node -> new NodeLink(node, config)).toList();
        return new Links(links, config.placement().ring(config.nodes()));
    }

    /** Other nodes; the links of those that stay are kept, whatever their weight is now. */
    Links with(List<Node> nodes, MemcachedConfig config) {
        List<NodeLink> changed = new ArrayList<>();
        for (Node node : nodes) {
            NodeLink known = find(node);
            changed.add(known == null ? new NodeLink(node, config) : known);
        }
        return new Links(changed, config.placement().ring(nodes));
    }

    private @Nullable NodeLink find(Node node) {
        for (NodeLink link : links) {
            if (link.node().name().equals(node.name())) {
                return link;
            }
        }
        return null;
    }

    NodeLink of(byte[] hashed) {
        return links.get(ring.nodeOf(hashed));
    }

    List<NodeLink> all() {
        return links;
    }
}
