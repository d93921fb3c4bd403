package io.larder.client;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.locks.ReentrantLock;

/** The nodes of a client, and which of them holds a key. */
final class Cluster implements Memcached {
    private final MemcachedConfig config;
    private final Exptime exptime;
    private final ReentrantLock changing = new ReentrantLock();

    @GuardedBy("changing")
    private final List<NodeSource> sources = new ArrayList<>();

    @GuardedBy("changing")
    private boolean closed;

    /** Changed with the lock; calls take whichever they see. */
    private volatile List<Node> nodes;

    private volatile Links links;
    private final boolean hashPrefix;
    private final Background background = new Background();
    private final Flights flights = new Flights();

    Cluster(MemcachedConfig config) {
        this.config = config;
        exptime = new Exptime(config.clock());
        nodes = config.nodes();
        links = Links.of(config);
        hashPrefix = config.prefix().isEmpty() || config.placement().prefixCounts();
    }

    MemcachedConfig config() {
        return config;
    }

    /** The key on the wire. */
    byte[] wireKey(String key) {
        return config.keys().encode(config.prefix().isEmpty() ? key : config.prefix() + key);
    }

    /** The node to read a key from now. */
    NodeLink linkOf(String key, byte[] wireKey) {
        return links.of(hashed(key, wireKey));
    }

    /** The node to change a key on now; where that is not its own, its own has to forget what it has. */
    NodeLink linkToChange(String key, byte[] wireKey) {
        return links.toChange(hashed(key, wireKey), wireKey);
    }

    /** The node of a key when none is down. */
    NodeLink homeOf(String key, byte[] wireKey) {
        return links.home(hashed(key, wireKey));
    }

    private byte[] hashed(String key, byte[] wireKey) {
        return hashPrefix ? wireKey : key.getBytes(StandardCharsets.UTF_8);
    }

    List<NodeLink> links() {
        return links.all();
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
        boolean ignores = config.failure().kind() == FailurePolicy.Kind.IGNORE;
        return new TypedView<>(calls(codec), new ViewSettings(timeouts.operation(), timeouts.bulk(), ignores));
    }

    /** What makes the calls of a view. */
    <V> KeyCalls<V> calls(Codec<V> codec) {
        return new KeyCalls<>(this, new ValueForm<>(codec, config.limits().valueBytesMax()), "");
    }

    @Override
    public Admin admin() {
        return new NodeAdmin(this);
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public void replaceNodes(List<Node> replacement) {
        MemcachedConfig.checkNodes(replacement, config.tls());
        Links before;
        Links after;
        changing.lock();
        try {
            if (closed) {
                throw Failures.closed();
            }
            before = links;
            after = before.with(replacement, config);
            links = after;
            nodes = List.copyOf(replacement);
        } finally {
            changing.unlock();
        }
        List<NodeLink> gone = new ArrayList<>(before.all());
        gone.removeAll(after.all());
        if (!gone.isEmpty()) {
            // calls that found them a moment ago end within their deadlines
            Timeouts timeouts = config.timeouts();
            long nanos = timeouts.operation().plus(timeouts.bulk()).toNanos();
            ScheduledFuture<?> unused = background.later(nanos, () -> gone.forEach(NodeLink::close));
        }
    }

    @Override
    public void follow(NodeSource source) {
        changing.lock();
        try {
            if (closed) {
                throw Failures.closed();
            }
            sources.add(source);
        } finally {
            changing.unlock();
        }
        source.start(this::replaceNodes);
    }

    @Override
    public Node nodeOf(String key) {
        return new KeyCalls<>(this, new ValueForm<>(Codecs.bytes(), 1), "").nodeOf(key);
    }

    @Override
    public Distribution distribution(Collection<String> keys) {
        return Distribution.of(config.placement(), nodes, hashed(keys));
    }

    @Override
    public double movedBy(List<Node> others, Collection<String> keys) {
        MemcachedConfig.checkNodes(others);
        return Distribution.moved(config.placement(), nodes, others, hashed(keys));
    }

    private List<byte[]> hashed(Collection<String> keys) {
        return keys.stream().map(key -> hashed(key, wireKey(key))).toList();
    }

    @Override
    public Map<String, NodeStats> stats() {
        Map<String, NodeStats> stats = new LinkedHashMap<>();
        for (NodeLink link : links.withGutter()) {
            stats.put(link.node().name(), link.stats());
        }
        return stats;
    }

    @Override
    public void close() {
        List<NodeSource> followed;
        changing.lock();
        try {
            closed = true;
            followed = List.copyOf(sources);
            sources.clear();
        } finally {
            changing.unlock();
        }
        followed.forEach(NodeSource::stop);
        links.withGutter().forEach(NodeLink::close);
        background.close();
    }
}
