package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls the loader of a cached function and stores what comes, for a {@link Flight}. Thread-safe.
 *
 * <p>Whatever happens, {@link #fill} lands or crashes the flight and takes it off the map.
 */
final class Loads<K extends @Nullable Object, V extends @Nullable Object> {
    private static final System.Logger LOG = System.getLogger("io.larder.cache");
    private static final int MESSAGE_CHARS_MAX = 1000;
    private static final int NANOS_PER_MICRO = 1000;

    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Counters counters;
    private final ContextLoader<? super K, V> loader;
    private final Policy policy;
    private final StoreRule<K, V> rule;
    private final @Nullable InUse<K> inUse;
    private final Surroundings around;
    private final AtomicBoolean complained = new AtomicBoolean();

    Loads(Definition<V> shared, Definitions.Plan<K, V> plan, @Nullable InUse<K> inUse, Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.counters = shared.counters();
        this.loader = plan.loader();
        this.policy = plan.policy();
        this.rule = plan.rule();
        this.inUse = inUse;
        this.around = around;
    }

    /**
     * What a load is to do.
     *
     * @param markers what the entry depends on
     * @param found what the store held
     * @param decision one of the loads, or {@link Decision#SERVE_AND_REFRESH}
     */
    record Task<K extends @Nullable Object, V extends @Nullable Object>(
            String key, List<String> markers, K argument, Lookup<V> found, Decision decision) {}

    /** Loads in this thread. */
    V fill(Flight<V> flight, Task<K, V> task) throws Exception {
        String key = task.key();
        try {
            long stamp = around.nextStamp(); // before the load: a change made while it runs is newer than its value
            Versions declared = task.decision() == Decision.LOAD_ONLY ? null : versions(task.markers()); // before, too
            LoadTags tags = new LoadTags(shared, key, flight, declared, this::versions);
            LoadContext<V> context = new LoadContext<>(task.found(), tags::add);
            long start = around.nanos();
            V value;
            try {
                value = load(task.argument(), context, start);
            } catch (Exception e) {
                return failed(flight, task, tags.versions(), e);
            } catch (Error e) {
                noteFailedRefresh(task);
                throw e;
            }
            long loadNanos = around.nanos() - start;
            flight.land(value, kindOf(task)); // those who wait need not wait for the write
            shared.pauses().ended(key);
            Versions versions = tags.versions();
            if (versions != null) {
                flight.store(() -> store(task, value, context.ttl(), stamp, loadNanos, versions));
            }
            return value;
        } catch (Throwable t) {
            flight.crash(t, kindOf(task));
            throw t;
        } finally {
            shared.flights().remove(key, flight);
        }
    }

    /** A task and the flight it is for. */
    record Pending<K extends @Nullable Object, V extends @Nullable Object>(Task<K, V> task, Flight<V> flight) {}

    /**
     * Loads a chunk in this thread: all flights land before anything is written, so that nobody waits for writes.
     *
     * @param values where the values go, by key
     * @param failed told each failure that a caller has to see
     */
    void fillAll(Bulk<K, V> bulk, List<Pending<K, V>> chunk, Map<String, V> values, Consumer<Exception> failed) {
        Versions versions = versions(
                chunk.stream().flatMap(one -> one.task().markers().stream()).toList());
        long stamp = around.nextStamp();
        long start = around.nanos();
        Map<K, V> loaded;
        try {
            List<K> arguments = new ArrayList<>();
            chunk.forEach(one -> arguments.add(one.task().argument()));
            loaded = counted(start, () -> bulk.load(arguments));
        } catch (Exception e) {
            chunk.forEach(one -> failedOf(one, versions, e, values, failed));
            return;
        }
        long nanosEach = (around.nanos() - start) / chunk.size();
        for (Pending<K, V> one : chunk) {
            V value = Nulls.cast(loaded.get(one.task().argument()));
            values.put(one.task().key(), value);
            one.flight().land(value, kindOf(one.task()));
            shared.pauses().ended(one.task().key());
        }
        for (Pending<K, V> one : chunk) {
            Versions own = versionsFor(one.task(), versions);
            if (own != null) {
                V value = Nulls.cast(values.get(one.task().key()));
                one.flight().store(() -> store(one.task(), value, null, stamp, nanosEach, own));
            }
        }
    }

    private void failedOf(
            Pending<K, V> one,
            @Nullable Versions versions,
            Exception e,
            Map<String, V> values,
            Consumer<Exception> failed) {
        Task<K, V> task = one.task();
        try {
            values.put(task.key(), failed(one.flight(), task, versionsFor(task, versions), e));
        } catch (Exception shown) {
            one.flight().crash(shown, kindOf(task));
            failed.accept(shown);
        }
    }

    private static @Nullable Versions versionsFor(Task<?, ?> task, @Nullable Versions all) {
        return all == null || task.decision() == Decision.LOAD_ONLY ? null : all.only(task.markers());
    }

    /**
     * Loads once per key, for nobody who waits, and answers whether it was begun.
     *
     * @param offer what those who come meanwhile are served
     * @param start runs the load, here or in the background, or answers that it cannot
     */
    boolean refresh(Task<K, V> task, Flight.Offer<V> offer, Predicate<Runnable> start) {
        Flight<V> flight = new Flight<>(task.markers());
        flight.handOver();
        flight.offer(offer.value(), offer.kind(), offer.untilMillis());
        if (shared.flights().putIfAbsent(task.key(), flight) != null) {
            return false;
        }
        boolean begun = false;
        try {
            begun = start.test(() -> run(flight, task, () -> fillUnlessChanged(flight, task, offer)));
        } finally {
            if (!begun) {
                shared.flights().remove(task.key(), flight);
                flight.land(offer.value(), offer.kind());
            }
        }
        return begun;
    }

    private V fillUnlessChanged(Flight<V> flight, Task<K, V> task, Flight.Offer<V> offer) throws Exception {
        Meta before = Meta.of(task.found());
        if (shelf.find(task.key(), task.markers()) instanceof Lookup.Fresh<V> now
                && before != null
                && now.meta().stamp() != before.stamp()) { // another refresh has just ended
            flight.land(offer.value(), offer.kind());
            return offer.value();
        }
        counters.refreshes.increment();
        return fill(flight, task);
    }

    /** Loads in a thread of the background for a caller who waits up to a timeout; answers whether it was begun. */
    boolean fillInBackground(Flight<V> flight, Task<K, V> task) {
        Runnable work = () -> run(flight, task, () -> fill(flight, task));
        boolean isQuiet = around.control().isQuiet();
        flight.handOver();
        try {
            boolean begun =
                    around.background().tryRun(isQuiet ? work : around.control().carrying(work));
            if (!begun) {
                flight.takeOver();
            }
            return begun;
        } catch (Throwable t) { // no thread could be started
            flight.crash(t, kindOf(task));
            shared.flights().remove(task.key(), flight);
            throw t;
        }
    }

    /** Runs a load in a thread of the background. Whatever it raises, Errors too, the flight lands, and nobody waits for ever. */
    private void run(Flight<V> flight, Task<K, V> task, Callable<V> load) {
        flight.takeOver();
        try {
            V unused = load.call();
        } catch (Throwable t) { // those who wait get it, and the counters tell; nobody is above to catch it
            flight.crash(t, kindOf(task));
        } finally {
            shared.flights().remove(task.key(), flight);
        }
    }

    /** Calls the loader, for a get that leaves the store alone. */
    V loadAround(K argument) throws Exception {
        LoadContext<V> context =
                new LoadContext<>(new Lookup.Absent<>(), tags -> LoadTags.markers(shared, tags)); // nothing is stored
        return load(argument, context, around.nanos());
    }

    private V load(K argument, LoadContext<V> context, long start) throws Exception {
        return counted(start, () -> loader.load(argument, context));
    }

    private <R extends @Nullable Object> R counted(long start, Callable<R> load) throws Exception {
        boolean loaded = false;
        try {
            R value = load.call();
            loaded = true;
            return value;
        } finally {
            counters.loads.increment();
            counters.loadNanos.add(around.nanos() - start);
            if (!loaded) {
                counters.loadFailures.increment();
            }
        }
    }

    private V failed(Flight<V> flight, Task<K, V> task, @Nullable Versions versions, Exception failure)
            throws Exception {
        Decision decision = task.decision();
        Negative negative = policy.negative(failure);
        if (negative != null && versions != null) {
            if (decision == Decision.SERVE_AND_REFRESH) {
                counters.refreshFailures.increment();
            }
            shared.pauses().ended(task.key());
            flight.crash(failure, Flight.Kind.MISS);
            flight.store(() -> remember(task.key(), negative, failure, versions));
            throw failure;
        }
        noteFailedRefresh(task);
        if (decision == Decision.LOAD_OR_SERVE && policy.excuses(failure)) {
            shared.pauses().failed(task.key());
            V old = valueOf(task.found());
            flight.land(old, Flight.Kind.STALE);
            return old;
        }
        throw failure;
    }

    private void noteFailedRefresh(Task<K, V> task) {
        if (task.decision() == Decision.SERVE_AND_REFRESH) {
            counters.refreshFailures.increment();
            shared.pauses().failed(task.key());
        }
    }

    private void store(
            Task<K, V> task, V value, @Nullable Duration said, long stamp, long loadNanos, Versions versions) {
        if (!policy.failover().isEmpty() && isYoung(task.found())) {
            return; // a good value has just been kept; writing one for every call would double the traffic
        }
        Duration ttl;
        try {
            ttl = rule.ttl(task.argument(), value, said, loadNanos, policy);
        } catch (RuntimeException e) {
            counters.storeFailures.increment();
            if (complained.compareAndSet(false, true)) { // once is enough, the counter goes on
                LOG.log(
                        System.Logger.Level.WARNING,
                        "cached function {0} does not store a value: its ttl or storeIf function failed with {1}",
                        shared.template(),
                        e);
            }
            return;
        }
        if (ttl != null) {
            write(task.key(), value, ttl, stamp, loadNanos, versions);
        } else if (task.found() instanceof Lookup.Fresh<V> || task.found() instanceof Lookup.Stale<V>) {
            shared.remove(task.key()); // what is there was loaded before, and is not the value any more
        }
    }

    private boolean isYoung(Lookup<V> found) {
        return found instanceof Lookup.Fresh<V> fresh
                && around.nowMillis() - fresh.meta().createdMillis()
                        < fresh.meta().lifeMillis() / 10;
    }

    /** The versions of now; {@code null} if the store cannot tell, which is counted: then nothing is written. */
    private @Nullable Versions versions(List<String> markers) {
        if (markers.isEmpty()) {
            return Versions.NONE;
        }
        try {
            return shelf.markers().read(markers);
        } catch (RuntimeException e) {
            counters.storeFailures.increment();
            return null;
        }
    }

    /** Writes a value the caller knows. */
    void put(String key, List<String> markers, K argument, V value) {
        Duration ttl = rule.ttl(argument, value, null, Long.MAX_VALUE, policy);
        Versions versions = versions(markers);
        if (ttl == null || versions == null) {
            shared.remove(key);
        } else {
            write(key, value, ttl, around.nextStamp(), 0, versions);
        }
        shared.pauses().ended(key);
    }

    /** Ends the TTL of a value and keeps it as stale. */
    void expire(String key, List<String> markers) {
        if (policy.stale().isZero()) {
            shared.remove(key);
            return;
        }
        Shelf.Entry<V> found = shelf.findEntry(key, markers);
        if (found.lookup() instanceof Lookup.Stale<V>) {
            return;
        }
        if (!(found.lookup() instanceof Lookup.Fresh<V> fresh)) {
            shared.remove(key);
            return;
        }
        Meta old = fresh.meta();
        Meta meta = new Meta(old.stamp(), old.createdMillis(), around.nowMillis(), old.loadMicros());
        try {
            // under its own versions: an invalidation since it was written makes it invalid
            shelf.put(key, fresh.value(), meta, Duration.ZERO, policy.stale(), found.versions());
        } catch (RuntimeException e) {
            counters.storeFailures.increment();
            shared.remove(key);
        }
    }

    private void write(String key, V value, Duration ttl, long stamp, long loadNanos, Versions versions) {
        Duration drawn = policy.draw(ttl, around.random());
        Meta meta = Meta.of(stamp, around.nowMillis(), drawn, loadNanos / NANOS_PER_MICRO);
        try {
            shelf.put(key, value, meta, drawn, policy.kept(drawn), versions);
            if (inUse != null) {
                inUse.dated(key, meta);
            }
        } catch (RuntimeException e) {
            counters.storeFailures.increment(); // the caller has its value; the counter tells
        }
    }

    private void remember(String key, Negative rule, Exception failure, Versions versions) {
        Duration drawn = policy.draw(rule.ttl(), around.random());
        Meta meta = Meta.of(around.nextStamp(), around.nowMillis(), drawn, 0);
        String message = failure.getMessage();
        if (message != null && message.length() > MESSAGE_CHARS_MAX) {
            message = message.substring(0, MESSAGE_CHARS_MAX);
        }
        try {
            shelf.putNegative(key, new Lookup.Negative<>(rule.type().getName(), message, meta), drawn, versions);
        } catch (RuntimeException e) {
            counters.storeFailures.increment();
        }
    }

    private static Flight.Kind kindOf(Task<?, ?> task) {
        return task.decision() == Decision.LOAD_ONLY ? Flight.Kind.UNAVAILABLE : Flight.Kind.MISS;
    }

    /** The value of a lookup that has one. */
    static <V extends @Nullable Object> V valueOf(Lookup<V> found) {
        if (found instanceof Lookup.Fresh<V> fresh) {
            return fresh.value();
        }
        if (found instanceof Lookup.Stale<V> stale) {
            return stale.value();
        }
        throw new IllegalStateException("no value in " + found);
    }
}
