package io.larder.client;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The operations of memcached on values of one type. Thread-safe; every call blocks at most for its deadline.
 *
 * <p><b>Keys</b> are 1 to 250 bytes in UTF-8, the prefix of the client included, without blanks and control characters, unless
 * the {@link KeyPolicy} of the client takes more.
 * <b>TTLs</b> are counted from the write: zero never expires, what is below a second counts as one, negative ones are
 * refused. <b>Values</b> are never null; those above the limit of the client are {@link StoreResult#TOO_LARGE} and are
 * not sent.
 *
 * <p>All methods throw
 *
 * <ul>
 *   <li>{@link IllegalArgumentException} for a key or TTL against these rules; nothing was sent
 *   <li>{@link NodeUnavailableException} if the node cannot be reached or the connection broke: a write may or may not
 *       have happened; the next call connects again by itself
 *   <li>{@link CallTimeoutException} if the deadline passed: a write may or may not have happened
 *   <li>{@link OverloadedException} if the connection stayed full until the deadline; nothing was sent
 *   <li>{@link UnreadableValueException} if the codec cannot read what is stored
 *   <li>{@link InterruptedCallException} if the calling thread is interrupted
 *   <li>{@link MemcachedException}, the root of them all, for what else a node refuses
 *   <li>{@link IllegalStateException} after the client was closed
 * </ul>
 *
 * @param <V> type of the values
 */
public interface View<V> {
    /** The value of a key, or {@code null} if the node has none, or one that was marked as stale. */
    @Nullable
    V get(String key);

    /**
     * The value with its CAS token, a stale value, absence, or the failure of its node: no two of them look alike.
     *
     * <p>Does not throw where the node fails: that is {@link Lookup.Unavailable}.
     */
    Lookup<V> lookup(String key);

    /**
     * Like {@link #lookup(String)}, taking part in who loads the key: the node tells one of all callers, in whatever process,
     * that it is the one.
     */
    Lookup<V> lookup(String key, Reading reading);

    /**
     * The value of a key, unless it is still the one a CAS token is of.
     *
     * <p>A value that was not changed does not travel from memcached 1.6.40 on, nor from Larder's server. Older nodes with meta commands
     * send it the first time; from then on they are asked for the token first, so that a value that was changed takes two round
     * trips. In the classic protocol the value always travels.
     *
     * <p>Nodes count their tokens one by one from when they started. After a restart, or once the key has moved to another node, the
     * token of another value may by chance be the one known: read without it now and then.
     *
     * @param cas the token of {@link Lookup.Hit} or {@link Fetch.Changed}
     * @return {@link Fetch.Missing} from a {@link #lenient} view also where the node fails
     */
    Fetch<V> getIfChanged(String key, long cas);

    /**
     * The values of many keys, all nodes asked at once. A key asked twice is asked once.
     *
     * <p>Does not throw where a node fails: its keys are in {@link BulkRead#failed()}. The deadline holds for the whole
     * call.
     */
    BulkRead<V> getAll(Collection<String> keys);

    /**
     * {@link #getAll}, where every item that is found gets a new TTL.
     *
     * <p>That an item is in {@link BulkRead#failed()} may mean that its TTL is new and its value got lost on the way.
     */
    BulkRead<V> getAllAndTouch(Collection<String> keys, Duration ttl);

    /** Stores, whatever was there. */
    StoreResult set(String key, V value, Duration ttl);

    /** Stores only where nothing is: otherwise {@link StoreResult#NOT_STORED}. */
    StoreResult add(String key, V value, Duration ttl);

    /** Stores only where something is: otherwise {@link StoreResult#NOT_STORED}. */
    StoreResult replace(String key, V value, Duration ttl);

    /** Adds bytes behind the stored ones, keeping TTL and flags; {@link StoreResult#NOT_STORED} where nothing is. */
    StoreResult append(String key, V tail);

    /** Adds bytes before the stored ones, keeping TTL and flags; {@link StoreResult#NOT_STORED} where nothing is. */
    StoreResult prepend(String key, V head);

    /**
     * Stores only if the item is still the one {@link #lookup} showed.
     *
     * @param cas the token of {@link Lookup.Hit}
     * @return {@code STORED}, {@code EXISTS} if it was changed since, {@code NOT_FOUND} if it is gone
     */
    StoreResult cas(String key, V value, long cas, Duration ttl);

    /**
     * Stores many values, all nodes at once, telling the outcome of each key.
     *
     * <p>Does not throw where a node fails: its keys are in {@link BulkWrite#failed()}.
     */
    BulkWrite setAll(Map<String, V> values, Duration ttl);

    /** Removes a key; false if the node had none. */
    boolean delete(String key);

    /**
     * Removes an item only if it is still the one {@link #lookup} showed, or gives a lease back.
     *
     * @param cas the token of {@link Lookup.Hit}, {@link Lookup.Stale} or {@link Lookup.Absent}
     * @return false if it was changed since, or is gone
     */
    boolean delete(String key, long cas);

    /**
     * Removes many keys, all nodes at once, telling the outcome of each key.
     *
     * <p>Does not throw where a node fails: its keys are in {@link BulkDelete#failed()}.
     */
    BulkDelete deleteAll(Collection<String> keys);

    /**
     * Marks an item as stale instead of removing it: to {@link #get} it is gone, {@link #lookup} shows it as
     * {@link Lookup.Stale} and tells one caller to refresh it. Where a node has no meta commands the item is removed.
     *
     * @param grace how long the stale value stays
     * @return false if the node had none
     */
    boolean markStale(String key, Duration grace);

    /** Gives an item a new TTL; false if the node has none. */
    boolean touch(String key, Duration ttl);

    /** The value of a key, which gets a new TTL; {@code null} if the node has none. */
    @Nullable
    V getAndTouch(String key, Duration ttl);

    /**
     * Adds to a counter: decimal text, as {@link Codecs#numbers()} writes it.
     *
     * @param by zero or more
     * @return the new number, an unsigned 64-bit integer that wraps around; empty if there is no such counter
     * @throws MemcachedException if the stored value is not a number
     */
    OptionalLong incr(String key, long by);

    /**
     * Adds to a counter, which starts at {@code initial} where there is none.
     *
     * @param ttl of a counter created here; an existing one keeps its own
     * @return the new number; {@code initial} itself where the counter was created
     */
    long incr(String key, long by, long initial, Duration ttl);

    /** Like {@link #incr(String, long)} downwards; stops at zero. */
    OptionalLong decr(String key, long by);

    /** Like {@link #incr(String, long, long, Duration)} downwards; stops at zero. */
    long decr(String key, long by, long initial, Duration ttl);

    /**
     * Changes a value so that no concurrent change is lost: reads, applies, stores by CAS (or by add, where nothing was),
     * and starts again if somebody else was faster, up to 64 times within the deadline.
     *
     * @param change gets {@code null} where nothing is stored; {@code null} from it leaves everything as it is. It may run
     *     several times: it must have no side effects
     * @return what {@code change} returned last
     * @throws MemcachedException if every attempt lost its race, or the node refused the value
     */
    @Nullable
    V update(String key, Duration ttl, UnaryOperator<@Nullable V> change);

    /**
     * The value of a key, loaded where the node has none: by one thread of this process and, through a lease of the node, by
     * one process of all.
     *
     * <ul>
     *   <li>A hit is returned at once. So is a stale value ({@link #markStale}), and a hit below
     *       {@link LoadPolicy#refreshBelow}: one caller of all starts the loader in the background.
     *   <li>On a miss one caller loads, in its own thread; the others wait at most for {@link LoadPolicy#lease} (and up to
     *       two seconds in other processes, as nodes count in seconds), then load themselves. A loader that dies with its
     *       process is replaced once its lease is over; one that throws, at once.
     *   <li>What was deleted or written while the loader ran is not overwritten by what it returned.
     *   <li>Where the node fails the loader is called in this process only, and nothing is stored; failures of the node are
     *       never thrown. The deadline of the view is that of each request, not of the loader.
     * </ul>
     *
     * <p>On nodes without meta commands the lease is an item of its own beside the key ({@code key:larder-lease}), nothing is
     * refreshed early, and a delete in mid-load does not keep the loaded value from being stored.
     *
     * @param loader its exceptions are thrown to all who wait for it in this process; {@code null} from it is returned, and
     *     nothing is stored
     */
    @Nullable
    V compute(String key, LoadPolicy policy, Supplier<? extends @Nullable V> loader);

    /** The same operations as futures, with the settings of this view. */
    AsyncView<V> async();

    /**
     * The same view with another deadline for each call, bulk calls included.
     *
     * @param deadline more than zero
     */
    View<V> within(Duration deadline);

    /**
     * The same view for callers who would rather do without than fail: where a node fails, or a value is unreadable, reads
     * of one key miss, and writes of one value are {@link StoreResult#UNAVAILABLE}. Everything else has no outcome that
     * would say so, and still throws: a delete that did not happen must not look as if it had. {@link NodeStats} counts
     * these failures like all others.
     */
    View<V> lenient();

    /**
     * The same view with a namespace in front of every key, behind the prefix of the client. It takes part in placement, and
     * views of views add up.
     *
     * @param namespace as written, like {@code "user:"}; results show keys without it
     */
    View<V> prefixed(String namespace);

    /**
     * A namespace all of whose entries can be invalidated at once, by one write. Its keys stand behind the prefix of the client
     * and those of {@link #prefixed}.
     *
     * @param name at least one character; like {@code "users"}
     * @throws IllegalArgumentException if the name is none, or this view is of such a namespace: they do not nest
     */
    NamespaceView<V> namespace(String name);
}
