package io.larder.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes of a client, and which of them holds a key. */
final class Cluster implements Memcached {
    private final MemcachedConfig config;
    private final Exptime exptime;
    private final NodeLink[] links;
    private final Placement.Ring ring;
    private final boolean hashPrefix;
    private final Background background = new Background();
    private final Flights flights = new Flights();

    Cluster(MemcachedConfig config) {
        this.config = config;
        exptime = new Exptime(config.clock());
        links = config.nodes().stream().map(node -> new NodeLink(node, config)).toArray(NodeLink[]::new);
        ring = config.placement().ring(config.nodes());
        hashPrefix = config.prefix().isEmpty() || config.placement().prefixCounts();
    }

    MemcachedConfig config() {
        return config;
    }

    /** The key on the wire. */
    byte[] wireKey(String key) {
        return config.keys().encode(config.prefix().isEmpty() ? key : config.prefix() + key);
    }

    NodeLink linkOf(String key, byte[] wireKey) {
        byte[] hashed = hashPrefix ? wireKey : key.getBytes(StandardCharsets.UTF_8);
        return links[ring.nodeOf(hashed)];
    }

    List<NodeLink> links() {
        return List.of(links);
    }

    Background background() {
        return background;
    }

    Flights flights() {
        return flights;
    }

    long exptime(Duration ttl) {
        return exptime.of(ttl);
    }

    Deadline deadline(Duration timeout) {
        return Deadline.in(timeout.toNanos(), config.ticker());
    }

    @Override
    public <V> View<V> view(Codec<V> codec) {
        Timeouts timeouts = config.timeouts();
        ValueForm<V> form = new ValueForm<>(codec, config.limits().valueBytesMax());
        return new TypedView<>(
                new KeyCalls<>(this, form, ""), new ViewSettings(timeouts.operation(), timeouts.bulk(), false));
    }

    @Override
    public Admin admin() {
        return new NodeAdmin(this);
    }

    @Override
    public List<Node> nodes() {
        return config.nodes();
    }

    @Override
    public Node nodeOf(String key) {
        return new KeyCalls<>(this, new ValueForm<>(Codecs.bytes(), 1), "").nodeOf(key);
    }

    @Override
    public Map<String, NodeStats> stats() {
        Map<String, NodeStats> stats = new LinkedHashMap<>();
        for (NodeLink link : links) {
            stats.put(link.node().name(), link.stats());
        }
        return stats;
    }

    @Override
    public void close() {
        Arrays.stream(links).forEach(NodeLink::close);
        background.close();
    }
}
