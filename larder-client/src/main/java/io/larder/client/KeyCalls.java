package io.larder.client;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of a view: checks key and arguments, finds the node, encodes the value. What it makes can be run by the
 * calling thread, or started for a future.
 */
final class KeyCalls<V> {
    private final Cluster cluster;
    private final ValueForm<V> form;
    private final String namespace;

    KeyCalls(Cluster cluster, ValueForm<V> form, String namespace) {
        this.cluster = cluster;
        this.form = form;
        this.namespace = namespace;
    }

    KeyCalls<V> within(String more) {
        if (more.isEmpty()) {
            throw new IllegalArgumentException("a namespace needs at least one character");
        }
        KeyCalls<V> inside = new KeyCalls<>(cluster, form, namespace + more);
        cluster.wireKey(inside.namespace); // refused here, not at the first call
        return inside;
    }

    Cluster cluster() {
        return cluster;
    }

    ValueForm<V> form() {
        return form;
    }

    /** The key on the wire. */
    byte[] wireKey(String key) {
        if (key.isEmpty()) { // a prefix alone would pass for one
            throw new IllegalArgumentException("key \"\" is empty; it needs at least one character");
        }
        return cluster.wireKey(namespaced(key));
    }

    /** The node that holds a key. */
    NodeLink link(String key, byte[] wireKey) {
        return cluster.linkOf(namespaced(key), wireKey);
    }

    Node nodeOf(String key) {
        return link(key, wireKey(key)).node();
    }

    private String namespaced(String key) {
        return namespace.isEmpty() ? key : namespace + key;
    }

    ItemCall.Get<V> get(String key) {
        byte[] wireKey = wireKey(key);
        return new ItemCall.Get<>(link(key, wireKey), key, wireKey, form);
    }

    ItemCall.GetAndTouch<V> getAndTouch(String key, Duration ttl) {
        byte[] wireKey = wireKey(key);
        return new ItemCall.GetAndTouch<>(link(key, wireKey), key, wireKey, form, cluster.exptime(ttl));
    }

    LookupCall<V> lookup(String key, Reading reading) {
        byte[] wireKey = wireKey(key);
        return new LookupCall<>(link(key, wireKey), key, wireKey, form, reading);
    }

    /** A write; null if the value is too large to be sent. */
    @Nullable
    StoreCall store(StoreCall.Kind kind, String operation, String key, V value, long exptime) {
        byte[] wireKey = wireKey(key);
        Encoded encoded = form.encode(value);
        return encoded == null
                ? null
                : StoreCall.of(kind, operation, link(key, wireKey), key, wireKey, encoded, exptime);
    }

    /** A write by CAS; null if the value is too large to be sent. */
    @Nullable
    StoreCall cas(String key, V value, long cas, long exptime) {
        byte[] wireKey = wireKey(key);
        Encoded encoded = form.encode(value);
        return encoded == null ? null : StoreCall.cas("cas", link(key, wireKey), key, wireKey, encoded, exptime, cas);
    }

    TestCall delete(String key) {
        byte[] wireKey = wireKey(key);
        return new TestCall.Delete("delete", link(key, wireKey), key, wireKey);
    }

    TestCall release(String key, long lease) {
        byte[] wireKey = wireKey(key);
        return new TestCall.Release(link(key, wireKey), key, wireKey, lease);
    }

    TestCall touch(String key, Duration ttl) {
        byte[] wireKey = wireKey(key);
        return new TestCall.Touch(link(key, wireKey), key, wireKey, cluster.exptime(ttl));
    }

    TestCall markStale(String key, Duration grace) {
        byte[] wireKey = wireKey(key);
        return new TestCall.MarkStale(link(key, wireKey), key, wireKey, cluster.exptime(grace));
    }

    /** A lock beside a key: added by one of all who try, until its exptime. */
    StoreCall lock(String key, Encoded empty, long exptime) {
        byte[] wireKey = wireKey(key);
        return StoreCall.of(StoreCall.Kind.ADD, "compute", link(key, wireKey), key, wireKey, empty, exptime);
    }

    /** What loads of a key in this process are told apart by. */
    Flights.Id flightId(String key) {
        return new Flights.Id(form.codec(), namespaced(key));
    }

    Counter counter(String key, boolean up) {
        byte[] wireKey = wireKey(key);
        return new Counter(link(key, wireKey), key, wireKey, up);
    }

    long exptime(Duration ttl) {
        return cluster.exptime(ttl);
    }
}
