package io.larder.cache;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets of many arguments for callers who do not wait: each argument as {@link AsyncReads} does, but those that this
 * caller leads are looked for and loaded together, as in {@link BulkReads}. Thread-safe.
 *
 * <pre>
 *   all ── glance ──┬─ served
 *                   ├─ joined   told when it lands; no thread waits
 *                   └─ led, in the background:  find all ──┬─ served
 *                                                          └─ load, a chunk after the other ── land ── store
 * </pre>
 */
final class AsyncBulkReads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Shelf.Entry<V> nothing = new Shelf.Entry<>(new Lookup.Absent<>(), Versions.NONE);
    private final Definition<V> shared;
    private final Reads<K, V> reads;
    private final Looks<K, V> looks;
    private final AsyncReads<K, V> async;
    private final BulkLoads<K, V> loads;
    private final Definitions.Plan<K, V> plan;
    private final Surroundings around;

    AsyncBulkReads(
            Definition<V> shared,
            Reads<K, V> reads,
            Looks<K, V> looks,
            AsyncReads<K, V> async,
            BulkLoads<K, V> loads,
            Definitions.Plan<K, V> plan,
            Surroundings around) {
        this.shared = shared;
        this.reads = reads;
        this.looks = looks;
        this.async = async;
        this.loads = loads;
        this.plan = plan;
        this.around = around;
    }

    /** An argument whose flight this caller leads. */
    private record Led<K extends @Nullable Object, V extends @Nullable Object>(
            AsyncReads<K, V>.Caller caller, Flight<V> flight) {}

    CompletableFuture<Map<K, V>> getAll(Collection<? extends K> arguments) {
        Map<K, String> keys = new LinkedHashMap<>();
        Map<String, AsyncReads<K, V>.Caller> callers = new LinkedHashMap<>();
        for (K argument : arguments) { // what may fail comes before any flight begins
            if (!keys.containsKey(argument)) {
                String key = plan.keys().render(argument);
                keys.put(argument, key);
                callers.putIfAbsent(key, async.new Caller(key, plan.tags().markers(argument), argument));
            }
        }
        Map<String, CompletableFuture<V>> answers = new HashMap<>();
        Map<String, Led<K, V>> led = new LinkedHashMap<>();
        callers.forEach((key, caller) -> {
            reads.asked(key, caller.argument);
            CompletableFuture<V> here = async.glance(key, caller.markers, caller.argument);
            answers.put(key, here == null ? caller.answer : here);
            Flight<V> mine = here == null ? caller.enter() : null;
            if (mine != null) {
                led.put(key, new Led<>(caller, mine));
            }
        });
        Bulk<K, V> bulk = plan.bulk();
        if (bulk == null) {
            led.values().forEach(one -> one.caller().lead(one.flight()));
        } else if (!led.isEmpty()) {
            led.values().forEach(one -> one.flight().handOver());
            async.elsewhere(
                    () -> lookAll(bulk, led),
                    failure -> led.values().forEach(one -> one.caller().crash(one.flight(), failure)));
        }
        return together(keys, answers);
    }

    /** In the thread that leads. */
    private void lookAll(Bulk<K, V> bulk, Map<String, Led<K, V>> led) {
        Map<String, List<String>> markers = new LinkedHashMap<>();
        led.forEach((key, one) -> {
            one.flight().takeOver();
            markers.put(key, one.caller().markers);
        });
        Map<String, Shelf.Entry<V>> found =
                shared.shelf().claimAll(markers, plan.policy().lease());
        List<BulkLoads.Pending<K, V>> pending = new ArrayList<>();
        led.forEach((key, one) -> {
            Shelf.Entry<V> entry = found.getOrDefault(key, nothing);
            one.caller().watch(one.flight(), entry.lookup());
            try {
                Decision decision = looks.decide(key, entry.lookup());
                if (decision.loads()) {
                    Loads.Task<K, V> task = new Loads.Task<>(
                            key, one.caller().markers, one.caller().argument, entry.lookup(), decision, entry.claim());
                    reads.offerOld(one.flight(), task, entry);
                    pending.add(new BulkLoads.Pending<>(task, one.flight()));
                    return;
                }
                V unused = reads.actAsLeader(one.flight(), decision, key, one.caller().argument, entry.lookup());
            } catch (Exception e) {
                one.caller().crash(one.flight(), e); // unless it has landed
            }
            entry.claim().release();
        });
        CompletableFuture<@Nullable Void> last = CompletableFuture.completedFuture(null);
        for (List<BulkLoads.Pending<K, V>> chunk : bulk.chunks(pending)) {
            CompletableFuture<@Nullable Void> ended = new CompletableFuture<>();
            Runnable fill = KeyContext.carrying(() -> fill(bulk, chunk, ended));
            last = last.thenCompose(before -> {
                fill.run();
                return ended;
            });
        }
    }

    /** Loads a chunk; a loader that answers later is begun here, as in {@link Loads#fillLater}. */
    private void fill(Bulk<K, V> bulk, List<BulkLoads.Pending<K, V>> chunk, CompletableFuture<@Nullable Void> ended) {
        if (!bulk.isLater()) {
            end(chunk, ended, () -> loads.fillAll(bulk, chunk, new HashMap<>(), shown -> {}));
            return;
        }
        try {
            List<Loads.Begun<K, V>> begun = loads.beginAll(chunk);
            bulk.begin(begun, (loaded, failure) -> {
                Runnable ending = () -> end(
                        chunk,
                        ended,
                        () -> loads.endAll(
                                begun,
                                () -> {
                                    if (failure != null) {
                                        throw LaterLoader.raise(failure);
                                    }
                                    return Bulk.checked(loaded);
                                },
                                new HashMap<>(),
                                shown -> {}));
                if (shared.shelf().isHere() || !around.background().tryRun(ending)) {
                    ending.run();
                }
            });
            chunk.forEach(one -> one.flight().leftTo(Thread.currentThread()));
        } catch (Throwable t) { // nobody may wait for ever
            end(chunk, ended, () -> {
                throw t;
            });
        }
    }

    /** Ends the flights of a chunk, and whatever it raises, they land. */
    private void end(List<BulkLoads.Pending<K, V>> chunk, CompletableFuture<@Nullable Void> ended, Ending ending) {
        chunk.forEach(one -> one.flight().takeOver());
        try {
            ending.run();
        } catch (Throwable t) { // those who wait get it
            chunk.forEach(one -> one.flight().crash(t, Flight.Kind.MISS));
        } finally {
            for (BulkLoads.Pending<K, V> one : chunk) {
                shared.flights().remove(one.task().key(), one.flight());
                one.task().claim().release();
            }
            ended.complete(null);
        }
    }

    /** What ends the flights of a chunk. */
    @FunctionalInterface
    private interface Ending {
        void run() throws Throwable;
    }

    /** All answers, or the first failure with the others. */
    private static <K extends @Nullable Object, V extends @Nullable Object> CompletableFuture<Map<K, V>> together(
            Map<K, String> keys, Map<String, CompletableFuture<V>> answers) {
        CompletableFuture<Map<K, V>> all = new CompletableFuture<>();
        CompletableFuture<?>[] each = answers.values().toArray(CompletableFuture<?>[]::new);
        var unusedToo = CompletableFuture.allOf(each).whenComplete((ended, anyFailure) -> {
            Map<K, V> values = new LinkedHashMap<>();
            List<Throwable> failures = new ArrayList<>();
            keys.forEach((argument, key) -> {
                CompletableFuture<V> answer = answers.get(key);
                if (answer != null) {
                    var unused = answer.whenComplete((value, failure) -> {
                        if (failure == null) {
                            values.put(argument, Nulls.cast(value));
                        } else if (!failures.contains(failure)) {
                            failures.add(failure);
                        }
                    });
                }
            });
            if (failures.isEmpty()) {
                all.complete(values);
                return;
            }
            Throwable first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            all.completeExceptionally(first);
        });
        return all;
    }
}
