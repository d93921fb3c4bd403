package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets of many arguments: one look at the store for all, then only what is missing is loaded. Thread-safe.
 *
 * <pre>
 *   all ── glance ──┬─ served
 *                   ├─ joined   another caller's flight: waited for last, so that nobody waits for us in a ring
 *                   └─ led ── find all ──┬─ served
 *                                        └─ load, a chunk at a time ── land ── store
 * </pre>
 */
final class BulkReads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Lookup<V> absent = new Lookup.Absent<>();
    private final Shelf.Entry<V> nothing = new Shelf.Entry<>(absent, Versions.NONE);
    private final Definition<V> shared;
    private final Reads<K, V> reads;
    private final Looks<K, V> looks;
    private final BulkLoads<K, V> loads;
    private final Definitions.Plan<K, V> plan;

    BulkReads(
            Definition<V> shared,
            Reads<K, V> reads,
            Looks<K, V> looks,
            BulkLoads<K, V> loads,
            Definitions.Plan<K, V> plan) {
        this.shared = shared;
        this.reads = reads;
        this.looks = looks;
        this.loads = loads;
        this.plan = plan;
    }

    /** One of the arguments. */
    private record Wanted<K extends @Nullable Object>(K argument, List<String> markers) {}

    /** The state of one call: what is known by key, and the first failure. Confined to it. */
    private final class Answer {
        final Map<String, V> values = new HashMap<>();

        @Nullable
        Exception failure;

        void failed(Exception e) {
            Exception first = failure;
            if (first == null) {
                failure = e;
            } else if (e instanceof InterruptedException && !isStopped()) { // which must not get lost
                e.addSuppressed(first);
                failure = e;
            } else if (first != e) {
                first.addSuppressed(e);
            }
        }

        /** This thread was told to stop while it was loading. */
        boolean isStopped() {
            return failure instanceof InterruptedException;
        }
    }

    Map<K, V> getAll(Collection<? extends K> arguments) throws Exception {
        Map<K, String> keys = new LinkedHashMap<>();
        Map<String, Wanted<K>> wanted = new LinkedHashMap<>();
        for (K argument : arguments) {
            String key = plan.keys().render(argument);
            if (keys.putIfAbsent(argument, key) == null) {
                reads.asked(key, argument);
                wanted.putIfAbsent(key, new Wanted<>(argument, plan.tags().markers(argument)));
            }
        }
        Answer answer = new Answer();
        glance(wanted, answer);
        Bulk<K, V> bulk = plan.bulk();
        if (bulk == null) {
            oneByOne(wanted, answer);
        } else if (!wanted.isEmpty()) {
            fly(bulk, wanted, answer);
        }
        if (answer.failure != null) {
            throw answer.failure;
        }
        Map<K, V> result = new LinkedHashMap<>();
        keys.forEach((argument, key) -> result.put(argument, Nulls.cast(answer.values.get(key))));
        return result;
    }

    /** Serves what can be seen in the process, and leaves the rest. */
    private void glance(Map<String, Wanted<K>> wanted, Answer answer) {
        wanted.entrySet().removeIf(entry -> {
            Wanted<K> one = entry.getValue();
            Lookup<V> seen = shared.shelf().glance(entry.getKey(), one.markers());
            return !(seen instanceof Lookup.Absent<V>)
                    && serve(entry.getKey(), one, seen, Detector.Level.PROCESS, answer);
        });
    }

    /** Serves a lookup that needs no load; answers whether it did. */
    private boolean serve(String key, Wanted<K> one, Lookup<V> seen, Detector.Level level, Answer answer) {
        Decision decision = looks.decide(key, seen);
        if (decision.loads()) {
            return false;
        }
        try {
            answer.values.put(key, reads.act(decision, level, key, one.markers(), one.argument(), seen));
        } catch (Exception e) {
            answer.failed(e);
        }
        return true;
    }

    /** For a loader that takes one at a time: the store is asked once, then each that is missing goes its own way. */
    private void oneByOne(Map<String, Wanted<K>> wanted, Answer answer) {
        Map<String, Lookup<V>> found = shared.shelf().findAll(markersOf(wanted));
        wanted.forEach((key, one) -> {
            if (answer.isStopped() || serve(key, one, found.getOrDefault(key, absent), Detector.Level.STORE, answer)) {
                return;
            }
            try {
                answer.values.put(key, reads.fly(key, one.markers(), one.argument()));
            } catch (Exception e) {
                answer.failed(e);
            }
        });
    }

    private static <K extends @Nullable Object> Map<String, List<String>> markersOf(Map<String, Wanted<K>> wanted) {
        Map<String, List<String>> markers = new LinkedHashMap<>();
        wanted.forEach((key, one) -> markers.put(key, one.markers()));
        return markers;
    }

    /** One of the arguments, with the flight for its key. */
    private record Flying<K extends @Nullable Object, V extends @Nullable Object>(Wanted<K> one, Flight<V> flight) {}

    private void fly(Bulk<K, V> bulk, Map<String, Wanted<K>> wanted, Answer answer) {
        Map<String, Flying<K, V>> led = new LinkedHashMap<>();
        Map<String, Flying<K, V>> joined = new LinkedHashMap<>();
        wanted.forEach((key, one) -> {
            Flight<V> mine = reads.flight(one.markers());
            Flight<V> other = shared.flights().putIfAbsent(key, mine);
            if (other == null) {
                led.put(key, new Flying<>(one, mine));
            } else {
                joined.put(key, new Flying<>(one, other));
            }
        });
        if (!led.isEmpty()) {
            lead(bulk, led, answer);
        }
        joined.forEach((key, other) -> {
            if (answer.isStopped()) {
                return;
            }
            Wanted<K> one = other.one();
            try {
                answer.values.put(key, reads.join(other.flight(), key, one.markers(), one.argument()));
            } catch (Exception e) {
                answer.failed(e);
            }
        });
    }

    /** What the store holds; where it gives leases, what is to be loaded is looked for once more, to take them. */
    private Map<String, Shelf.Entry<V>> look(Map<String, List<String>> markers) {
        Policy policy = plan.policy();
        boolean servesFresh = policy.failover().isEmpty() && policy.hits().equals(Hits.UNLIMITED);
        Map<String, Shelf.Entry<V>> entries = new HashMap<>();
        Map<String, List<String>> missing = new LinkedHashMap<>();
        shared.shelf().findAll(markers).forEach((key, lookup) -> {
            entries.put(key, new Shelf.Entry<>(lookup, Versions.NONE));
            boolean isThere = lookup instanceof Lookup.Fresh<V> || lookup instanceof Lookup.Negative<V>;
            if (!isThere || !servesFresh) {
                missing.put(key, markers.getOrDefault(key, List.of()));
            }
        });
        if (!missing.isEmpty() && shared.shelf().compares()) {
            entries.putAll(shared.shelf().claimAll(missing, policy.lease()));
        }
        return entries;
    }

    private void lead(Bulk<K, V> bulk, Map<String, Flying<K, V>> led, Answer answer) {
        Map<String, Shelf.Entry<V>> found = new HashMap<>();
        try {
            Map<String, List<String>> markers = new LinkedHashMap<>();
            led.forEach((key, mine) -> markers.put(key, mine.one().markers()));
            found.putAll(look(markers));
            List<BulkLoads.Pending<K, V>> pending = new ArrayList<>();
            led.forEach((key, mine) -> {
                Shelf.Entry<V> entry = found.getOrDefault(key, nothing);
                Decision decision = looks.decide(key, entry.lookup());
                K argument = mine.one().argument();
                if (decision.loads()) {
                    Loads.Task<K, V> task = new Loads.Task<>(
                            key, mine.one().markers(), argument, entry.lookup(), decision, entry.claim());
                    reads.offerOld(mine.flight(), task, entry);
                    pending.add(new BulkLoads.Pending<>(task, mine.flight()));
                    return;
                }
                try {
                    answer.values.put(key, reads.actAsLeader(mine.flight(), decision, key, argument, entry.lookup()));
                } catch (Exception e) {
                    mine.flight().crash(e, Flight.Kind.MISS); // unless it has landed
                    answer.failed(e);
                }
            });
            for (List<BulkLoads.Pending<K, V>> chunk : bulk.chunks(pending)) {
                if (answer.isStopped()) {
                    break; // the flights that are left crash below
                }
                loads.fillAll(bulk, chunk, answer.values, answer::failed);
            }
        } catch (Throwable t) { // a bug or an Error: but nobody may wait for ever
            led.values().forEach(mine -> mine.flight().crash(t, Flight.Kind.MISS));
            throw t;
        } finally {
            led.forEach((key, mine) -> {
                Shelf.Entry<V> entry = found.getOrDefault(key, nothing);
                shared.flights().remove(key, mine.flight());
                if (answer.isStopped()) { // those who joined what was not loaded start again
                    mine.flight().crash(new InterruptedException("of the thread that loaded"), Flight.Kind.MISS);
                }
                entry.claim().release(); // of those not loaded; the others have spent it
                shared.tally().got(mine.flight().kind(), key, entry.lookup(), Detector.Level.LOADER);
            });
        }
    }
}
