package io.larder.cache;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls the loader of many for the flights of a chunk, and has what comes stored by {@link Writes}. Thread-safe.
 *
 * <pre>
 *   begin all ── load ──┬─ value, of each    ── land all ── store each
 *                       └─ failure, for each ── {@link FailedLoads}
 * </pre>
 *
 * <p>What the map of the loader does not hold is {@code null}.
 */
final class BulkLoads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Tally tally;
    private final Writes<K, V> writes;
    private final FailedLoads<K, V> failures;
    private final Surroundings around;

    BulkLoads(Definition<V> shared, Writes<K, V> writes, FailedLoads<K, V> failures, Surroundings around) {
        this.shared = shared;
        this.tally = shared.tally();
        this.writes = writes;
        this.failures = failures;
        this.around = around;
    }

    /** A task and the flight it is for. */
    record Pending<K extends @Nullable Object, V extends @Nullable Object>(Loads.Task<K, V> task, Flight<V> flight) {}

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
        List<Loads.Begun<K, V>> begun = beginAll(chunk);
        endAll(begun, () -> bulk.load(begun), values, failed);
    }

    /** The first half of {@link #fillAll}, before the loader is called. */
    List<Loads.Begun<K, V>> beginAll(List<Pending<K, V>> chunk) {
        Versions declared = writes.versions(
                chunk.stream().flatMap(one -> one.task().markers().stream()).toList());
        Function<List<String>, @Nullable Versions> read = LoadTags.once(writes::versions);
        long stamp = around.nextStamp();
        long start = around.nanos();
        List<Loads.Begun<K, V>> begun = new ArrayList<>();
        for (Pending<K, V> one : chunk) {
            Loads.Task<K, V> task = one.task();
            one.flight().holds(task.claim());
            LoadTags tags = new LoadTags(shared, task.key(), one.flight(), versionsFor(task, declared), read);
            LoadContext<V> context = new LoadContext<>(task.found(), shared.valueType(), tags::add);
            begun.add(new Loads.Begun<>(one.flight(), task, stamp, tags, context, start));
        }
        return begun;
    }

    /** The other half. */
    void endAll(
            List<Loads.Begun<K, V>> begun,
            Callable<Map<K, V>> load,
            Map<String, V> values,
            Consumer<Exception> failed) {
        Loads.Begun<K, V> first = begun.get(0);
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
        for (Loads.Begun<K, V> one : begun) {
            V value = Nulls.cast(loaded.get(one.task().argument()));
            values.put(one.task().key(), value);
            one.flight().land(value, Loads.kindOf(one.task()));
            shared.pauses().ended(one.task().key());
        }
        for (Loads.Begun<K, V> one : begun) {
            Versions versions = one.tags().versions();
            if (versions != null) {
                V value = Nulls.cast(values.get(one.task().key()));
                writes.during(
                        one.flight(),
                        () -> writes.store(one.task(), value, one.context().ttl(), one.stamp(), nanosEach, versions));
            }
            shared.flights().remove(one.task().key(), one.flight()); // the next chunk may take long
        }
    }

    /** For all keys of a chunk, the worst of what becomes of each. */
    private LoadOutcome judgeAll(List<Loads.Begun<K, V>> begun, Exception failure) {
        return begun.stream()
                .map(one -> failures.judge(one.task(), one.tags().versions() != null, failure))
                .max(Comparator.naturalOrder())
                .orElse(LoadOutcome.FAILED);
    }

    private void failedOf(Loads.Begun<K, V> one, Exception e, Map<String, V> values, Consumer<Exception> failed) {
        Loads.Task<K, V> task = one.task();
        try {
            values.put(task.key(), failures.end(one, e));
        } catch (Exception shown) {
            one.flight().crash(shown, Loads.kindOf(task));
            failed.accept(shown);
        } finally {
            shared.flights()
                    .remove(task.key(), one.flight()); // or who comes during the next chunk would get this failure
        }
    }

    private @Nullable Versions versionsFor(Loads.Task<?, ?> task, @Nullable Versions all) {
        if (task.decision() == Decision.LOAD_ONLY) {
            return writes.versionsOfCopy(task.markers());
        }
        return all == null ? null : all.only(task.markers());
    }
}
