package io.larder.client;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * A memcached client: one shared, pipelined connection to each node, opened when the first request needs it, and a second one
 * for large values.
 *
 * <pre>{@code
 * try (Memcached memcached = Memcached.open("memcached://cache-1,cache-2:11212*2/shop:?timeout=250ms")) {
 *     View<String> texts = memcached.view(Codecs.text());
 *     texts.set("user:42", "Ada", Duration.ofMinutes(10));
 *     String name = texts.get("user:42"); // null: a miss
 * }
 * }</pre>
 *
 * <p>Blocking, safe for any number of platform and virtual threads; one instance serves a process. A caller waits at most
 * for its deadline, whatever the nodes do. An interrupted caller gets an {@link InterruptedCallException}, keeps its
 * interrupt flag, and disturbs nobody else.
 */
public interface Memcached extends AutoCloseable {
    /**
     * Opens a client from a URL: {@code memcached://host[:port][*weight][,host...][/prefix][?option=value&...]}.
     *
     * <p>The port defaults to 11211. The prefix is put in front of every key as written. Options:
     *
     * <ul>
     *   <li>{@code timeout}: deadline of one operation, 250ms
     *   <li>{@code bulk-timeout}: deadline of one call on many keys, twice {@code timeout}
     *   <li>{@code connect}: limit for connecting to a node, 1s
     *   <li>{@code stall}: a connection whose oldest request makes no progress for so long is closed; by default four
     *       times {@code timeout}, at least 1s
     *   <li>{@code idle}: a connection not used for so long is probed before it is trusted, 15s; see {@link Timeouts#idle}
     *   <li>{@code back-pressure}: what becomes of calls that find a connection full, {@code auto}; or {@code block},
     *       {@code reject}: see {@link BackPressure}
     *   <li>{@code value-max}: largest value sent, 1MB
     *   <li>{@code large}: values above it have a connection to the node of their own, 64KB; see {@link Limits#largeBytes}
     *   <li>{@code protocol}: {@code auto}, see {@link Protocol}
     *   <li>{@code unix}: nodes on this machine by their unix sockets, {@code /path[*weight],...}, besides the hosts or instead of
     *       any: {@code memcached:?unix=/run/memcached.sock}
     *   <li>{@code debug}: {@code true} logs each request and reply, see {@link MemcachedConfig#debug}
     *   <li>{@code tls}: {@code true} encrypts by the JDK's default SSL context, host names being checked; for another one
     *       see {@link MemcachedConfig#withTls}
     *   <li>{@code keys}: how keys are sent, {@code strict}; or {@code percent}, {@code base64}, {@code hash}: see
     *       {@link KeyPolicy}
     *   <li>{@code failure}: what becomes of calls to a node that is down, {@code fail-fast}; or {@code ignore},
     *       {@code rehash}, {@code gutter}: see {@link FailurePolicy}
     *   <li>{@code gutter}: the nodes that stand in, {@code host[:port],...}; {@code gutter-ttl}: longest TTL there, 10s
     *   <li>{@code placement}: which node holds a key, {@code libmemcached-ketama}
     * </ul>
     *
     * <p>Never fails or waits because a node is down.
     *
     * @throws IllegalArgumentException if the URL is malformed or has an unknown option; the message says which
     */
    static Memcached open(String url) {
        return open(MemcachedConfig.parse(url));
    }

    /** Opens a client; see {@link #open(String)}. */
    static Memcached open(MemcachedConfig config) {
        return new Cluster(config);
    }

    /**
     * Moves from one cluster to another while both are in use; begins with {@link MigrationStage#OLD}. Closing it closes both.
     *
     * @param old client of the cluster in use, from {@link #open}
     * @param now client of the cluster to be used, from {@link #open}
     * @throws IllegalArgumentException if one of them is not from {@link #open}
     */
    static Migration migrate(Memcached old, Memcached now) {
        return new MigratingClient(old, now, MigrationStage.OLD);
    }

    /**
     * A cluster with another behind it: what the first one misses is read from the second, and copied. What is written or deleted is
     * deleted on the second. That is {@link #migrate} at {@link MigrationStage#FALLBACK}.
     *
     * @param now client of the cluster to be used, empty at first
     * @param old client of the cluster used so far
     * @throws IllegalArgumentException if one of them is not from {@link #open}
     */
    static Migration fallback(Memcached now, Memcached old) {
        return new MigratingClient(old, now, MigrationStage.FALLBACK);
    }

    /** A typed face. All views of a client share its connections; making one costs nothing. */
    <V> View<V> view(Codec<V> codec);

    /** What is done to nodes, not to keys. */
    Admin admin();

    /** The nodes, in the order configured. */
    List<Node> nodes();

    /**
     * Goes on with other nodes. Those that stay keep their connections and counters; calls to those that go away end as they
     * would have, and then their connections are closed. Keys move as the placement says: a node has to be named the same
     * by all clients.
     *
     * @param nodes at least one, none twice
     * @throws IllegalArgumentException if there is none, or one twice; nothing is changed
     */
    void replaceNodes(List<Node> nodes);

    /** Takes the nodes from a source from now on, until the client closes. */
    void follow(NodeSource source);

    /**
     * The node that holds a key.
     *
     * @throws IllegalArgumentException if the key is none
     */
    Node nodeOf(String key);

    /**
     * How the placement shares out keys over the nodes. Nothing is sent.
     *
     * @param keys a sample, at least one
     * @throws IllegalArgumentException if there is none, or one is no key
     */
    Distribution distribution(Collection<String> keys);

    /**
     * The share of keys, 0 to 1, that would be on another node than now if the nodes were others. Nothing is sent.
     *
     * @param nodes at least one, none twice
     * @param keys a sample, at least one
     */
    double movedBy(List<Node> nodes, Collection<String> keys);

    /** Counters since the client opened, by {@link Node#name()}. */
    Map<String, NodeStats> stats();

    /**
     * Closes all connections. Calls in flight fail with {@link NodeUnavailableException}, later calls with
     * {@link IllegalStateException}. Closing twice does nothing.
     */
    @Override
    void close();
}
