package io.larder.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Calls the loader of a cached function for a {@link Flight}, and has what comes stored by {@link Writes}. Thread-safe.
 *
 * <p>Whatever happens, {@link #fill} lands or crashes the flight and takes it off the map.
 */
final class Loads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Counters counters;
    private final Tally tally;
    private final ContextLoader<? super K, V> loader;
    private final Policy policy;
    private final StoreRule<K, V> rule;
    private final Writes<K, V> writes;
    private final Surroundings around;

    Loads(Definition<V> shared, Definitions.Plan<K, V> plan, Writes<K, V> writes, Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.counters = shared.counters();
        this.tally = shared.tally();
        this.loader = plan.loader();
        this.policy = plan.policy();
        this.rule = plan.rule();
        this.writes = writes;
        this.around = around;
    }

    /**
     * What a load is to do.
     *
     * @param markers what the entry depends on
     * @param found what the store held
     * @param decision one of the loads, or {@link Decision#SERVE_AND_REFRESH}
     * @param claim what the value may be stored over
     */
    record Task<K extends @Nullable Object, V extends @Nullable Object>(
            String key, List<String> markers, K argument, Lookup<V> found, Decision decision, Claim claim) {
        Task<K, V> by(Claim other) {
            return new Task<>(key, markers, argument, found, decision, other);
        }
    }

    /** Loads in this thread. */
    V fill(Flight<V> flight, Task<K, V> task) throws Exception {
        Begun<K, V> begun = begin(flight, task);
        return end(begun, () -> Loading.one(begun.context(), () -> loader.load(task.argument(), begun.context())));
    }

    /** A load that has begun: what was true before the loader was called. */
    record Begun<K extends @Nullable Object, V extends @Nullable Object>(
            Flight<V> flight, Task<K, V> task, long stamp, LoadTags tags, LoadContext<V> context, long startNanos) {}

    private Begun<K, V> begin(Flight<V> flight, Task<K, V> task) {
        try {
            long stamp = around.nextStamp(); // before the load: a change made while it runs is newer than its value
            Versions declared = task.decision() == Decision.LOAD_ONLY
                    ? writes.versionsOfCopy(task.markers())
                    : writes.versions(task.markers()); // before, too
            LoadTags tags = new LoadTags(shared, task.key(), flight, declared, writes::versions);
            LoadContext<V> context = new LoadContext<>(task.found(), shared.valueType(), tags::add);
            return new Begun<>(flight, task, stamp, tags, context, around.nanos());
        } catch (Throwable t) {
            flight.crash(t, kindOf(task));
            shared.flights().remove(task.key(), flight);
            task.claim().release();
            throw t;
        }
    }

    private V end(Begun<K, V> begun, Callable<V> load) throws Exception {
        Flight<V> flight = begun.flight();
        Task<K, V> task = begun.task();
        LoadTags tags = begun.tags();
        try {
            V value;
            try {
                value = tally.load(
                        new Tally.Call(task.key(), 1, task.decision() == Decision.SERVE_AND_REFRESH),
                        begun.startNanos(),
                        () -> begun.context().during(load),
                        e -> judge(task, tags.versions() != null, e));
            } catch (Exception e) {
                return failed(flight, task, tags.versions(), begun.context().ttl(), e);
            } catch (Error e) {
                noteFailedRefresh(task);
                throw e;
            }
            long loadNanos = around.nanos() - begun.startNanos();
            flight.land(value, kindOf(task)); // those who wait need not wait for the write
            shared.pauses().ended(task.key());
            Versions versions = tags.versions();
            if (versions != null) {
                store(
                        flight,
                        () -> writes.store(task, value, begun.context().ttl(), begun.stamp(), loadNanos, versions));
            }
            return value;
        } catch (Throwable t) {
            flight.crash(t, kindOf(task));
            throw t;
        } finally {
            shared.flights().remove(task.key(), flight);
            task.claim().release();
        }
    }

    /**
     * Loads for nobody who waits in this thread. An asynchronous loader is begun here, and what it brings is stored by a thread of
     * the background if the store is outside, else by the one that brings it. The flight tells of failures.
     */
    void fillLater(Flight<V> flight, Task<K, V> task) {
        if (!(loader instanceof LaterLoader<? super K, V> later)) {
            run(flight, task, () -> fill(flight, task));
            return;
        }
        Begun<K, V> begun = begin(flight, task);
        try {
            later.begin(task.argument(), begun.context(), (value, failure) -> {
                Runnable ending = () -> run(
                        flight,
                        task,
                        () -> end(begun, () -> {
                            if (failure != null) {
                                throw LaterLoader.raise(failure);
                            }
                            return Nulls.cast(value);
                        }));
                if (shelf instanceof ObjectShelf || !around.background().tryRun(ending)) {
                    ending.run();
                }
            });
            flight.leftTo(Thread.currentThread());
        } catch (Throwable t) {
            run(
                    flight,
                    task,
                    () -> end(begun, () -> {
                        throw LaterLoader.raise(t);
                    }));
        }
    }

    /** A task and the flight it is for. */
    record Pending<K extends @Nullable Object, V extends @Nullable Object>(Task<K, V> task, Flight<V> flight) {}

    /**
     * Loads a chunk in this thread: all flights land before anything is written, so that nobody waits for writes. Then they are
     * off the map.
     *
     * @param values where the values go, by key
     * @param failed told each failure that a caller has to see
     */
    void fillAll(Bulk<K, V> bulk, List<Pending<K, V>> chunk, Map<String, V> values, Consumer<Exception> failed) {
        try {
            fillChunk(bulk, chunk, values, failed);
        } finally {
            chunk.forEach(one -> one.task().claim().release());
        }
    }

    private void fillChunk(
            Bulk<K, V> bulk, List<Pending<K, V>> chunk, Map<String, V> values, Consumer<Exception> failed) {
        List<Begun<K, V>> begun = beginAll(chunk);
        endAll(begun, () -> bulk.load(begun), values, failed);
    }

    /** The first half of {@link #fillAll}, before the loader is called. */
    List<Begun<K, V>> beginAll(List<Pending<K, V>> chunk) {
        Versions declared = writes.versions(
                chunk.stream().flatMap(one -> one.task().markers().stream()).toList());
        Function<List<String>, @Nullable Versions> read = LoadTags.once(writes::versions);
        long stamp = around.nextStamp();
        long start = around.nanos();
        List<Begun<K, V>> begun = new ArrayList<>();
        for (Pending<K, V> one : chunk) {
            Task<K, V> task = one.task();
            LoadTags tags = new LoadTags(shared, task.key(), one.flight(), versionsFor(task, declared), read);
            LoadContext<V> context = new LoadContext<>(task.found(), shared.valueType(), tags::add);
            begun.add(new Begun<>(one.flight(), task, stamp, tags, context, start));
        }
        return begun;
    }

    /** The other half. */
    void endAll(List<Begun<K, V>> begun, Callable<Map<K, V>> load, Map<String, V> values, Consumer<Exception> failed) {
        Begun<K, V> first = begun.get(0);
        Map<K, V> loaded;
        try {
            loaded = tally.load(
                    new Tally.Call(first.task().key(), begun.size(), false),
                    first.startNanos(),
                    load,
                    e -> judgeAll(begun, e));
        } catch (Exception e) {
            begun.forEach(one -> failedOf(one, e, values, failed));
            return;
        } finally {
            begun.forEach(one -> one.context().end());
        }
        long nanosEach = (around.nanos() - first.startNanos()) / begun.size();
        for (Begun<K, V> one : begun) {
            V value = Nulls.cast(loaded.get(one.task().argument()));
            values.put(one.task().key(), value);
            one.flight().land(value, kindOf(one.task()));
            shared.pauses().ended(one.task().key());
        }
        for (Begun<K, V> one : begun) {
            Versions versions = one.tags().versions();
            if (versions != null) {
                V value = Nulls.cast(values.get(one.task().key()));
                store(
                        one.flight(),
                        () -> writes.store(one.task(), value, one.context().ttl(), one.stamp(), nanosEach, versions));
            }
            shared.flights().remove(one.task().key(), one.flight()); // the next chunk may take long
        }
    }

    /** For all keys of a chunk, the worst of what becomes of each. */
    private LoadOutcome judgeAll(List<Begun<K, V>> begun, Exception failure) {
        return begun.stream()
                .map(one -> judge(one.task(), one.tags().versions() != null, failure))
                .max(Comparator.naturalOrder())
                .orElse(LoadOutcome.FAILED);
    }

    private void failedOf(Begun<K, V> one, Exception e, Map<String, V> values, Consumer<Exception> failed) {
        Task<K, V> task = one.task();
        try {
            values.put(
                    task.key(),
                    failed(
                            one.flight(),
                            task,
                            one.tags().versions(),
                            one.context().ttl(),
                            e));
        } catch (Exception shown) {
            one.flight().crash(shown, kindOf(task));
            failed.accept(shown);
        } finally {
            shared.flights()
                    .remove(task.key(), one.flight()); // or who comes during the next chunk would get this failure
        }
    }

    private @Nullable Versions versionsFor(Task<?, ?> task, @Nullable Versions all) {
        if (task.decision() == Decision.LOAD_ONLY) {
            return writes.versionsOfCopy(task.markers());
        }
        return all == null ? null : all.only(task.markers());
    }

    /**
     * Loads once per key, for nobody who waits, and answers whether it was begun.
     *
     * @param offer what those who come meanwhile are served
     * @param start runs the load, here or in the background, or answers that it cannot
     */
    boolean refresh(Task<K, V> task, Flight.Offer<V> offer, Predicate<Runnable> start) {
        Flight<V> flight = new Flight<>(task.markers(), around);
        flight.handOver();
        flight.tentative(true);
        if (shared.flights().putIfAbsent(task.key(), flight) != null) {
            return false;
        }
        boolean begun = false;
        try {
            begun = start.test(() -> fillUnlessChanged(flight, task, offer));
        } finally {
            if (!begun) {
                shared.flights().remove(task.key(), flight);
                flight.abandon();
            }
        }
        return begun;
    }

    private void fillUnlessChanged(Flight<V> flight, Task<K, V> task, Flight.Offer<V> offer) {
        flight.takeOver();
        try {
            Meta before = Meta.of(task.found());
            Claim turn = shelf.turn(task.key(), policy.lease()); // before the look: who had it may just have stored
            Shelf.Entry<V> now = shelf.claim(task.key(), task.markers(), policy.lease());
            Meta meta = Meta.of(now.lookup());
            boolean isThere = meta != null && before != null && meta.stamp() == before.stamp();
            boolean isReplaced = now.lookup() instanceof Lookup.Fresh<V> && !isThere; // another refresh has just ended
            if (isReplaced || turn.isPromised() || now.claim().isPromised()) {
                shared.flights().remove(task.key(), flight);
                if (isThere) {
                    flight.land(offer.value(), offer.kind());
                } else {
                    flight.abandon(); // for what the store has now, or for the load of another process
                }
                turn.release();
                return;
            }
            if (isThere) { // not before: it may have been invalidated since it was seen
                flight.offer(offer);
            }
            flight.tentative(false);
            counters.refreshes.increment();
            fillLater(flight, task.by(now.claim().inTurn(turn)));
        } catch (Throwable t) { // as in run
            flight.crash(t, kindOf(task));
            shared.flights().remove(task.key(), flight);
        }
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
            task.claim().release();
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
    V loadAround(String key, K argument) throws Exception {
        LoadContext<V> context = new LoadContext<>(
                new Lookup.Absent<>(), shared.valueType(), tags -> LoadTags.markers(shared, tags)); // nothing is stored
        return tally.load(
                new Tally.Call(key, 1, false),
                around.nanos(),
                () -> context.during(() -> Loading.one(context, () -> loader.load(argument, context))),
                e -> LoadOutcome.FAILED);
    }

    /** What becomes of a load that fails so; {@code stores} says whether anything can be written. */
    private LoadOutcome judge(Task<?, ?> task, boolean stores, Exception failure) {
        if (stores && policy.negative(failure) != null) {
            return LoadOutcome.NEGATIVE;
        }
        boolean excused = task.decision() == Decision.SERVE_AND_REFRESH
                || servesInstead(task, failure)
                || fallsBack(task, failure);
        return excused ? LoadOutcome.EXCUSED : LoadOutcome.FAILED;
    }

    /** Whether the value found stands in for the one that could not be loaded: not past its time, which the load may have taken. */
    boolean servesInstead(Task<?, ?> task, Exception failure) {
        return task.decision() == Decision.LOAD_OR_SERVE
                && policy.excuses(failure)
                && around.nowMillis() < Decision.keptUntil(task.found(), policy);
    }

    /** Whether the fallback stands in for the value that could not be loaded: not where a load was asked for as such. */
    boolean fallsBack(Task<?, ?> task, Exception failure) {
        return policy.fallback()
                && task.decision() != Decision.LOAD
                && task.decision() != Decision.SERVE_AND_REFRESH
                && policy.excuses(failure);
    }

    /** Runs the write of a flight, which holds its lock. */
    private void store(Flight<V> flight, Runnable write) {
        around.events().afterwards(() -> flight.store(write));
    }

    private V failed(
            Flight<V> flight, Task<K, V> task, @Nullable Versions versions, @Nullable Duration said, Exception failure)
            throws Exception {
        Negative negative = policy.negative(failure);
        if (negative != null && versions != null) {
            if (task.decision() == Decision.SERVE_AND_REFRESH) {
                counters.refreshFailures.increment();
            }
            shared.pauses().ended(task.key());
            flight.crash(failure, Flight.Kind.MISS);
            store(flight, () -> writes.remember(task, negative, said, failure, versions));
            throw failure;
        }
        noteFailedRefresh(task);
        if (servesInstead(task, failure)) {
            shared.pauses().failed(task.key());
            V old = valueOf(task.found());
            flight.land(old, Flight.Kind.STALE);
            return old;
        }
        if (fallsBack(task, failure)) {
            shared.pauses().failed(task.key());
            V instead;
            try {
                instead = rule.instead(task.argument());
            } catch (RuntimeException e) {
                e.addSuppressed(failure);
                throw e;
            }
            flight.land(instead, Flight.Kind.FALLBACK);
            return instead;
        }
        throw failure;
    }

    private void noteFailedRefresh(Task<K, V> task) {
        if (task.decision() == Decision.SERVE_AND_REFRESH) {
            counters.refreshFailures.increment();
            shared.pauses().failed(task.key());
        }
    }

    static Flight.Kind kindOf(Task<?, ?> task) {
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
