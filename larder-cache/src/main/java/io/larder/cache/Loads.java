package io.larder.cache;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Calls the loader of a cached function for a {@link Flight}, and has what comes stored by {@link Writes}. Thread-safe.
 *
 * <pre>
 *   begin ── load ──┬─ value   ── land ── store
 *                   └─ failure ── {@link FailedLoads}
 * </pre>
 *
 * <p>Whatever happens, {@link #fill} lands or crashes the flight and takes it off the map. {@link BulkLoads} loads many at once.
 */
final class Loads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Tally tally;
    private final ContextLoader<? super K, V> loader;
    private final Writes<K, V> writes;
    private final FailedLoads<K, V> failures;
    private final Surroundings around;

    Loads(
            Definition<V> shared,
            ContextLoader<? super K, V> loader,
            Writes<K, V> writes,
            FailedLoads<K, V> failures,
            Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.tally = shared.tally();
        this.loader = loader;
        this.writes = writes;
        this.failures = failures;
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
            flight.holds(task.claim());
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
                        e -> failures.judge(task, tags.versions() != null, e));
            } catch (Exception e) {
                return failures.end(begun, e);
            } catch (Error e) {
                failures.noteRefresh(task);
                throw e;
            }
            long loadNanos = around.nanos() - begun.startNanos();
            flight.land(value, kindOf(task)); // those who wait need not wait for the write
            shared.pauses().ended(task.key());
            Versions versions = tags.versions();
            if (versions != null) {
                writes.during(
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
                if (shelf.isHere() || !around.background().tryRun(ending)) {
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
