package io.larder.client;

import io.larder.base.Printable;
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

    /** Whether keys stay with their own node, even where the failure policy has others stand in. */
    private final boolean atHome;

    KeyCalls(Cluster cluster, ValueForm<V> form, String namespace) {
        this(cluster, form, namespace, false);
    }

    private KeyCalls(Cluster cluster, ValueForm<V> form, String namespace, boolean atHome) {
        this.cluster = cluster;
        this.form = form;
        this.namespace = namespace;
        this.atHome = atHome;
    }

    KeyCalls<V> within(String more) {
        if (more.isEmpty()) {
            throw new IllegalArgumentException("a namespace needs at least one character");
        }
        KeyCalls<V> inside = new KeyCalls<>(cluster, form, namespace + more, atHome);
        cluster.wireKey(inside.namespace); // refused here, not at the first call
        return inside;
    }

    Cluster cluster() {
        return cluster;
    }

    /** How values of a key are stored. */
    ValueForm<V> form(String key) {
        if (!(cluster.config().keys() instanceof HashedKeys policy)) {
            return form;
        }
        String whole = cluster.config().prefix() + namespaced(key);
        return policy.isCarried(whole) ? form.carrying(whole) : form;
    }

    /** The key on the wire. */
    byte[] wireKey(String key) {
        if (key.isEmpty()) { // a prefix alone would pass for one
            throw new IllegalArgumentException("key \"\" is empty; it needs at least one character");
        }
        return cluster.wireKey(namespaced(key));
    }

    /** The node to read a key from. */
    NodeLink link(String key, byte[] wireKey) {
        return atHome ? cluster.homeOf(namespaced(key), wireKey) : cluster.linkOf(namespaced(key), wireKey);
    }

    /** The node to change a key on. */
    NodeLink linkToChange(String key, byte[] wireKey) {
        return atHome ? cluster.homeOf(namespaced(key), wireKey) : cluster.linkToChange(namespaced(key), wireKey);
    }

    Node nodeOf(String key) {
        return cluster.homeOf(namespaced(key), wireKey(key)).node();
    }

    private String namespaced(String key) {
        return namespace.isEmpty() ? key : namespace + key;
    }

    ItemCall.Get<V> get(String key) {
        byte[] wireKey = wireKey(key);
        return new ItemCall.Get<>(link(key, wireKey), key, wireKey, form(key));
    }

    ItemCall.GetAndTouch<V> getAndTouch(String key, Duration ttl) {
        byte[] wireKey = wireKey(key);
        return new ItemCall.GetAndTouch<>(link(key, wireKey), key, wireKey, form(key), cluster.exptime(ttl));
    }

    LookupCall<V> lookup(String key, Reading reading) {
        byte[] wireKey = wireKey(key);
        return new LookupCall<>(link(key, wireKey), key, wireKey, form(key), reading);
    }

    ConditionalCall<V> getIfChanged(String key, long cas, boolean tokenFirst) {
        byte[] wireKey = wireKey(key);
        return new ConditionalCall<>(link(key, wireKey), key, wireKey, form(key), cas, tokenFirst);
    }

    /** A read of an item as it is stored; for views of {@link StoredItem#CODEC}. */
    static CopyCall copy(KeyCalls<Encoded> calls, String key, Duration ttlUnlessTold) {
        byte[] wireKey = calls.wireKey(key);
        return new CopyCall(calls.link(key, wireKey), key, wireKey, calls.form(key), ttlUnlessTold);
    }

    /** The same keys with another codec. */
    <W> KeyCalls<W> as(Codec<W> codec) {
        return new KeyCalls<>(cluster, new ValueForm<>(codec, form.valueBytesMax()), namespace, atHome);
    }

    /** The same keys, each on its own node or nowhere. */
    KeyCalls<V> atHome() {
        return new KeyCalls<>(cluster, form, namespace, true);
    }

    /** A write; null if the value is too large to be sent. */
    @Nullable
    StoreCall store(StoreCall.Kind kind, String operation, String key, V value, long exptime) {
        byte[] wireKey = wireKey(key);
        if (kind == StoreCall.Kind.PREPEND) {
            refuseCarried(key, operation);
        }
        boolean behind = kind == StoreCall.Kind.APPEND; // what carries the key is there already
        Encoded encoded = (behind ? form : form(key)).encode(value);
        return encoded == null
                ? null
                : StoreCall.of(kind, operation, linkToChange(key, wireKey), key, wireKey, encoded, exptime);
    }

    /** A write by CAS; null if the value is too large to be sent. */
    @Nullable
    StoreCall cas(String key, V value, long cas, long exptime) {
        byte[] wireKey = wireKey(key);
        Encoded encoded = form(key).encode(value);
        return encoded == null
                ? null
                : StoreCall.cas("cas", linkToChange(key, wireKey), key, wireKey, encoded, exptime, cas);
    }

    TestCall delete(String key) {
        byte[] wireKey = wireKey(key);
        return new TestCall.Delete("delete", linkToChange(key, wireKey), key, wireKey);
    }

    /** Of an item that still has the token, or of what a lease left. */
    TestCall delete(String key, long cas) {
        byte[] wireKey = wireKey(key);
        return new TestCall.DeleteUnchanged(linkToChange(key, wireKey), key, wireKey, cas);
    }

    TestCall touch(String key, Duration ttl) {
        byte[] wireKey = wireKey(key);
        return new TestCall.Touch(link(key, wireKey), key, wireKey, cluster.exptime(ttl));
    }

    TestCall markStale(String key, Duration grace) {
        byte[] wireKey = wireKey(key);
        return new TestCall.MarkStale(linkToChange(key, wireKey), key, wireKey, cluster.exptime(grace));
    }

    private void refuseCarried(String key, String operation) {
        if (form(key) != form) {
            throw new IllegalArgumentException(
                    "%s of \"%s\": the key is hashed, so it is stored before the value; use a shorter key"
                            .formatted(operation, Printable.of(key)));
        }
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
        refuseCarried(key, up ? "incr" : "decr");
        return new Counter(linkToChange(key, wireKey), key, wireKey, up);
    }

    long exptime(Duration ttl) {
        return cluster.exptime(ttl);
    }
}
