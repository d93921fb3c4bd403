package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The verbs of a cached function: renders the key and leaves the rest to {@link Reads}, {@link Loads} and {@link Writes}. Thread-safe. */
final class CachedFunction<K extends @Nullable Object, V extends @Nullable Object> implements Cached<K, V> {
    private final Definition<V> shared;
    private final KeyTemplate<K> keys;
    private final Tagging<K> tags;
    private final Policy policy;
    private final Control control;
    private final Writes<K, V> writes;
    private final Loads<K, V> loads;
    private final Refreshes<K, V> refreshes;
    private final Looks<K, V> looks;
    private final Reads<K, V> reads;
    private final AsyncReads<K, V> async;
    private final Background background;
    private final Explaining<V> explaining;
    private final BulkReads<K, V> bulk;
    private final AsyncBulkReads<K, V> asyncBulk;
    private final OwnReads<K, V> own;
    private final OwnBulkReads<K, V> ownBulk;

    CachedFunction(Definition<V> shared, Definitions.Plan<K, V> plan, Surroundings around) {
        this.shared = shared;
        this.keys = plan.keys();
        this.tags = plan.tags();
        this.policy = plan.policy();
        this.control = around.control();
        InUse<K> inUse = InUse.of(policy, around, this::tend);
        this.writes = new Writes<>(shared, plan, inUse, around);
        FailedLoads<K, V> failures = new FailedLoads<>(shared, plan, writes, around);
        BulkLoads<K, V> bulkLoads = new BulkLoads<>(shared, writes, failures, around);
        this.loads = new Loads<>(shared, plan.loader(), writes, failures, around);
        this.looks = new Looks<>(shared, policy, inUse, around);
        this.refreshes = new Refreshes<>(shared, loads, looks, plan, around);
        this.reads = new Reads<>(shared, loads, bulkLoads, refreshes, looks, plan, inUse, around);
        this.async = new AsyncReads<>(shared, reads, looks, loads, plan, around);
        this.background = around.background();
        this.explaining = new Explaining<>(shared, policy, around);
        this.bulk = new BulkReads<>(shared, reads, looks, bulkLoads, plan);
        this.asyncBulk = new AsyncBulkReads<>(shared, reads, looks, async, bulkLoads, plan, around);
        this.own = new OwnReads<>(shared, reads, looks, loads, failures, plan, around);
        this.ownBulk = new OwnBulkReads<>(shared, own, plan, around);
    }

    private boolean tend(String key, K argument) {
        return refreshes.tend(key, argument);
    }

    @Override
    public V get(K argument) {
        try {
            return fetch(argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    /** {@link #get}, with the loader's checked exceptions as themselves. */
    V fetch(K argument) throws Exception {
        String key = keys.render(argument);
        return control.isQuiet() ? reads.get(key, argument) : controlled(key, argument);
    }

    @Override
    public CompletableFuture<V> getAsync(K argument) {
        String key = keys.render(argument);
        if (control.isQuietHere()) {
            return async.get(key, argument);
        }
        Uncommitted open = control.transaction();
        if (open != null) {
            return own.getAsync(open, key, argument);
        }
        return elsewhere(() -> controlled(key, argument));
    }

    @Override
    public CompletableFuture<Map<K, V>> getAllAsync(Collection<? extends K> arguments) {
        if (control.isQuietHere()) {
            return asyncBulk.getAll(arguments);
        }
        if (control.transaction() != null) {
            try {
                return CompletableFuture.completedFuture(fetchAll(arguments));
            } catch (Throwable t) {
                return CompletableFuture.failedFuture(t);
            }
        }
        Collection<K> all = new ArrayList<>(arguments);
        return elsewhere(() -> fetchAll(all));
    }

    /** While something is disabled, or somebody listens: that is seldom, so a thread may wait. */
    private <R> CompletableFuture<R> elsewhere(Callable<R> get) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        Runnable work = control.carrying(() -> {
            try {
                answer.complete(get.call());
            } catch (Throwable t) {
                answer.completeExceptionally(t);
            }
        });
        if (!background.tryRun(work)) {
            work.run();
        }
        return answer;
    }

    /** A get while something is disabled, somebody listens, or a transaction is open, here or in another thread. */
    private V controlled(String key, K argument) throws Exception {
        if (control.isQuietHere()) {
            return reads.get(key, argument);
        }
        Uncommitted open = control.transaction();
        if (open != null) {
            return own.get(open, key, argument);
        }
        if (control.allows(Op.READ, key) && control.allows(Op.WRITE, key)) {
            return reads.get(key, argument);
        }
        if (control.allows(Op.READ, key)) {
            Lookup<V> seen = shared.shelf().find(key, tags.markers(argument));
            Decision decision = looks.decide(key, seen);
            if (!decision.loads()) {
                Decision quiet = decision == Decision.SERVE_AND_REFRESH ? Decision.SERVE : decision;
                return reads.act(quiet, Detector.Level.STORE, key, tags.markers(argument), argument, seen);
            }
        }
        shared.tally().bypassed(key);
        return control.allows(Op.WRITE, key) ? reload(key, argument) : loads.loadAround(key, argument);
    }

    @Override
    public Map<K, V> getAll(Collection<? extends K> arguments) {
        try {
            return fetchAll(arguments);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(arguments.iterator().next(), e);
        }
    }

    /** {@link #getAll}, with the loader's checked exceptions as themselves. */
    Map<K, V> fetchAll(Collection<? extends K> arguments) throws Exception {
        Uncommitted open = control.transaction();
        if (open != null && control.allowsAllReads()) {
            return ownBulk.getAll(open, arguments);
        }
        if (open == null && control.allowsAll()) {
            return bulk.getAll(arguments);
        }
        Map<K, V> values = new LinkedHashMap<>(); // seldom, so one by one is good enough
        for (K argument : arguments) {
            if (!values.containsKey(argument)) {
                values.put(argument, fetch(argument));
            }
        }
        return values;
    }

    @Override
    public Lookup<V> peek(K argument) {
        String key = keys.render(argument);
        return control.allows(Op.READ, key) ? find(key, tags.markers(argument)) : new Lookup.Absent<>();
    }

    /** What this thread is to see of the store. */
    Lookup<V> find(String key, List<String> markers) {
        Uncommitted open = control.transaction();
        return open == null ? shared.shelf().find(key, markers) : own.find(open, key, markers);
    }

    @Override
    public void put(K argument, V value) {
        String key = keys.render(argument);
        if (!control.allows(Op.WRITE, key)) {
            invalidate(argument); // what is there is not the value any more
            return;
        }
        Uncommitted open = control.transaction();
        if (open != null && put(open, key, argument, value)) {
            return;
        }
        shared.overtake(key);
        writes.put(key, tags.markers(argument), argument, value);
        shared.overtake(key); // a flight that began before the write may have read what was there
    }

    /** Keeps a value for the commit; answers {@code false} if that is over. */
    private boolean put(Uncommitted open, String key, K argument, V value) {
        List<String> markers = tags.markers(argument);
        Versions versions = writes.versions(markers); // of now, so that an invalidation until the commit counts
        if (versions == null) {
            return open.forget(own.place(key), () -> shared.invalidate(key));
        }
        long mark = shared.changes().mark(key); // so does one of the key
        return open.put(
                own.place(key),
                new Uncommitted.Own(value, markers),
                claims -> {
                    if (control.isOff() || !claims.claim(key, mark)) {
                        return null;
                    }
                    shared.overtakeFlights(key);
                    writes.put(key, argument, value, versions);
                    return shared.changes().holds(key, mark + 1) ? () -> shared.overtake(key) : null;
                },
                () -> shared.invalidate(key));
    }

    @Override
    public void invalidate(K argument) {
        String key = keys.render(argument);
        if (control.allows(Op.INVALIDATE, key)) {
            forget(key, () -> shared.invalidate(key));
        }
    }

    /** Runs it now, or at the commit. */
    private void forget(String key, Runnable how) {
        Uncommitted open = control.transaction();
        if (open == null || !open.forget(own.place(key), how)) {
            how.run();
        }
    }

    @Override
    public void expire(K argument) {
        String key = keys.render(argument);
        if (control.allows(Op.INVALIDATE, key)) {
            List<String> markers = tags.markers(argument);
            forget(key, () -> expire(key, markers));
        }
    }

    private void expire(String key, List<String> markers) {
        shared.overtake(key);
        Flight<V> mine = reads.flight(markers);
        shared.rewrite(key, mine, () -> writes.expire(key, mine));
        shared.overtake(key); // as in put
        shared.tally().invalidated(CacheEvent.Target.KEY_EXPIRED, key);
    }

    @Override
    public List<String> tags(K argument) {
        return tags.markers(argument).stream()
                .filter(marker -> marker.startsWith(Markers.TAG))
                .map(marker -> marker.substring(Markers.TAG.length()))
                .toList();
    }

    @Override
    public V bypass(K argument) {
        try {
            return loads.loadAround(keys.render(argument), argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    @Override
    public V refresh(K argument) {
        try {
            String key = keys.render(argument);
            Uncommitted open = control.transaction();
            if (open != null && control.allows(Op.WRITE, key)) {
                return own.reload(open, key, argument);
            }
            return control.allows(Op.WRITE, key) ? reload(key, argument) : loads.loadAround(key, argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    /** Loads and stores, whatever is there and whoever is loading. */
    private V reload(String key, K argument) throws Exception {
        List<String> markers = tags.markers(argument);
        shared.changes().move(key); // as Definition.overtake
        Flight<V> mine = reads.flight(markers);
        Flight<V> other = shared.flights().put(key, mine);
        if (other != null) {
            if (other.leader() == Thread.currentThread() && !other.hasLanded()) {
                RecursiveLoadException recursion = new RecursiveLoadException(key);
                mine.crash(recursion, Flight.Kind.MISS);
                shared.flights().remove(key, mine);
                throw recursion;
            }
            other.overtake();
        }
        Loads.Task<K, V> task;
        try {
            Shelf.Entry<V> found = shared.shelf().claim(key, markers, policy.lease());
            task = new Loads.Task<>(
                    key,
                    markers,
                    argument,
                    found.lookup(),
                    Decision.LOAD,
                    found.claim().insisting());
        } catch (Throwable t) { // as in Reads: nobody may wait for ever
            mine.crash(t, Flight.Kind.MISS);
            shared.flights().remove(key, mine);
            throw t;
        }
        return loads.fill(mine, task);
    }

    @Override
    public String key(K argument) {
        return keys.render(argument);
    }

    @Override
    public Explanation explain(K argument) {
        return explaining.explain(keys.render(argument), tags.markers(argument));
    }

    @Override
    public Explanation explainKey(String key) {
        return explaining.explain(key, List.of());
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public CacheStats stats() {
        return shared.counters().read();
    }

    @Override
    public String toString() {
        return "cached function " + shared.template();
    }

    Definition<V> shared() {
        return shared;
    }

    Writes<K, V> writes() {
        return writes;
    }

    List<String> markers(K argument) {
        return tags.markers(argument);
    }

    LoadFailedException unchecked(K argument, Exception cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new LoadFailedException(keys.render(argument), cause);
    }
}
