package io.larder.client;

import io.larder.protocol.EncodedRequest;
import io.larder.protocol.TextReply;
import io.larder.protocol.TextReply.Status;
import io.larder.protocol.TextRequestEncoder;
import io.larder.protocol.TextRequestEncoder.Storage;
import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Operations on one key, each a request to the node that holds it; those on many keys are in {@link BulkCalls}. */
final class TypedView<V> implements View<V> {
    private final Cluster cluster;
    private final ValueForm<V> form;
    private final Duration timeout;
    private final Duration bulkTimeout;

    TypedView(Cluster cluster, Codec<V> codec, Duration timeout, Duration bulkTimeout) {
        this(cluster, new ValueForm<>(codec, cluster.config().limits().valueBytesMax()), timeout, bulkTimeout);
    }

    private TypedView(Cluster cluster, ValueForm<V> form, Duration timeout, Duration bulkTimeout) {
        this.cluster = cluster;
        this.form = form;
        this.timeout = timeout;
        this.bulkTimeout = bulkTimeout;
    }

    @Override
    public View<V> within(Duration deadline) {
        Timeouts.check("deadline", deadline);
        return new TypedView<>(cluster, form, deadline, deadline);
    }

    @Override
    public @Nullable V get(String key) {
        byte[] wireKey = cluster.wireKey(key);
        return read(key, wireKey, new ValueExchange("get", TextRequestEncoder.get(wireKey), wireKey));
    }

    @Override
    public @Nullable V getAndTouch(String key, Duration ttl) {
        byte[] wireKey = cluster.wireKey(key);
        EncodedRequest request = TextRequestEncoder.getAndTouch(wireKey, cluster.exptime(ttl));
        return read(key, wireKey, new ValueExchange("gat", request, wireKey));
    }

    private @Nullable V read(String key, byte[] wireKey, ValueExchange exchange) {
        NodeLink link = cluster.linkOf(key, wireKey);
        call(link, key, exchange, deadline());
        TextReply.Value found = exchange.value();
        return found == null ? null : form.decode(link.node(), key, found);
    }

    @Override
    public Lookup<V> lookup(String key) {
        byte[] wireKey = cluster.wireKey(key);
        try {
            return lookup(key, wireKey, deadline());
        } catch (InterruptedCallException | UnreadableValueException e) {
            throw e; // no failure of the node
        } catch (MemcachedException e) {
            return new Lookup.Unavailable<>(e.node(), e);
        }
    }

    private Lookup<V> lookup(String key, byte[] wireKey, Deadline deadline) {
        NodeLink link = cluster.linkOf(key, wireKey);
        ValueExchange exchange = new ValueExchange("gets", TextRequestEncoder.gets(wireKey), wireKey);
        call(link, key, exchange, deadline);
        TextReply.Value found = exchange.value();
        return found == null
                ? new Lookup.Absent<>()
                : new Lookup.Hit<>(form.decode(link.node(), key, found), found.cas());
    }

    @Override
    public BulkRead<V> getAll(Collection<String> keys) {
        return bulk().getAll(keys);
    }

    @Override
    public BulkWrite setAll(Map<String, V> values, Duration ttl) {
        return bulk().setAll(values, cluster.exptime(ttl));
    }

    @Override
    public BulkDelete deleteAll(Collection<String> keys) {
        return bulk().deleteAll(keys);
    }

    private BulkCalls<V> bulk() {
        return new BulkCalls<>(cluster, form, cluster.deadline(bulkTimeout));
    }

    @Override
    public StoreResult set(String key, V value, Duration ttl) {
        return store(Storage.SET, key, value, cluster.exptime(ttl), deadline());
    }

    @Override
    public StoreResult add(String key, V value, Duration ttl) {
        return store(Storage.ADD, key, value, cluster.exptime(ttl), deadline());
    }

    @Override
    public StoreResult replace(String key, V value, Duration ttl) {
        return store(Storage.REPLACE, key, value, cluster.exptime(ttl), deadline());
    }

    @Override
    public StoreResult append(String key, V tail) {
        return store(Storage.APPEND, key, tail, 0, deadline());
    }

    @Override
    public StoreResult prepend(String key, V head) {
        return store(Storage.PREPEND, key, head, 0, deadline());
    }

    private StoreResult store(Storage command, String key, V value, long exptime, Deadline deadline) {
        byte[] wireKey = cluster.wireKey(key);
        Encoded encoded = form.encode(value);
        if (encoded == null) {
            return StoreResult.TOO_LARGE;
        }
        EncodedRequest request = TextRequestEncoder.store(command, wireKey, encoded.flags(), exptime, encoded.data());
        LineExchange exchange = LineExchange.store(command.name().toLowerCase(Locale.ROOT), request);
        return ValueForm.result(cluster.linkOf(key, wireKey).call(exchange, deadline));
    }

    @Override
    public StoreResult cas(String key, V value, long cas, Duration ttl) {
        return cas(key, value, cas, cluster.exptime(ttl), deadline());
    }

    private StoreResult cas(String key, V value, long cas, long exptime, Deadline deadline) {
        byte[] wireKey = cluster.wireKey(key);
        Encoded encoded = form.encode(value);
        if (encoded == null) {
            return StoreResult.TOO_LARGE;
        }
        EncodedRequest request = TextRequestEncoder.cas(wireKey, encoded.flags(), exptime, cas, encoded.data());
        return ValueForm.result(cluster.linkOf(key, wireKey).call(LineExchange.store("cas", request), deadline));
    }

    @Override
    public boolean delete(String key) {
        byte[] wireKey = cluster.wireKey(key);
        LineExchange exchange = LineExchange.delete(TextRequestEncoder.delete(wireKey));
        return call(cluster.linkOf(key, wireKey), key, exchange, deadline()).reply() == Status.DELETED;
    }

    @Override
    public boolean touch(String key, Duration ttl) {
        byte[] wireKey = cluster.wireKey(key);
        LineExchange exchange = LineExchange.touch(TextRequestEncoder.touch(wireKey, cluster.exptime(ttl)));
        return call(cluster.linkOf(key, wireKey), key, exchange, deadline()).reply() == Status.TOUCHED;
    }

    @Override
    public OptionalLong incr(String key, long by) {
        return counter(key).change("incr", by, deadline());
    }

    @Override
    public long incr(String key, long by, long initial, Duration ttl) {
        return counter(key).change("incr", by, initial, cluster.exptime(ttl), deadline());
    }

    @Override
    public OptionalLong decr(String key, long by) {
        return counter(key).change("decr", by, deadline());
    }

    @Override
    public long decr(String key, long by, long initial, Duration ttl) {
        return counter(key).change("decr", by, initial, cluster.exptime(ttl), deadline());
    }

    private Counter counter(String key) {
        byte[] wireKey = cluster.wireKey(key);
        return new Counter(cluster.linkOf(key, wireKey), key, wireKey);
    }

    @Override
    public @Nullable V update(String key, Duration ttl, UnaryOperator<@Nullable V> change) {
        byte[] wireKey = cluster.wireKey(key);
        long exptime = cluster.exptime(ttl);
        Deadline deadline = deadline();
        Node node = cluster.linkOf(key, wireKey).node();
        for (int attempt = 1; attempt <= Contention.ATTEMPTS_MAX; attempt++) {
            Lookup<V> found = lookup(key, wireKey, deadline);
            V old = found instanceof Lookup.Hit<V> hit ? hit.value() : null;
            V changed = change.apply(old);
            if (changed == null) {
                return null;
            }
            StoreResult result = found instanceof Lookup.Hit<V> hit
                    ? cas(key, changed, hit.cas(), exptime, deadline)
                    : store(Storage.ADD, key, changed, exptime, deadline);
            switch (result) {
                case STORED -> {
                    return changed;
                }
                case TOO_LARGE, OUT_OF_MEMORY -> throw Failures.notStored(node, "update", key, result);
                case NOT_STORED, EXISTS, NOT_FOUND -> Contention.pause(attempt, deadline);
            }
        }
        throw Failures.contended(node, "update", key, Contention.ATTEMPTS_MAX);
    }

    /** Sends a request for which every error line is a failure. */
    private static <E extends Exchange> E call(NodeLink link, String key, E exchange, Deadline deadline) {
        link.call(exchange, deadline);
        TextReply.Failure refusal = exchange.refusal();
        if (refusal != null) {
            throw Failures.refused(link.node(), exchange.operation(), key, refusal);
        }
        return exchange;
    }

    private Deadline deadline() {
        return cluster.deadline(timeout);
    }
}
