package io.larder.cache;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets inside a transaction. Thread-safe.
 *
 * <pre>
 *   put or loaded here ──────────────────────────────────── served
 *   changed here, or one of its tags ────────────┐
 *   else ── find ──┬─ hit: served, no refresh    ▼
 *                  └─ miss ──────────────────── load in this thread ── remembered here, stored nowhere
 * </pre>
 *
 * <p>No flight is joined and none is led: a loader sees here what the transaction has written and nobody else may get, and others may
 * be loading what was there before. So no lock of a database is held by one who waits for another's load.
 */
final class OwnReads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Reads<K, V> reads;
    private final Looks<K, V> looks;
    private final Loads<K, V> loads;
    private final FailedLoads<K, V> failures;
    private final Definitions.Plan<K, V> plan;
    private final Control control;
    private final Surroundings around;

    OwnReads(
            Definition<V> shared,
            Reads<K, V> reads,
            Looks<K, V> looks,
            Loads<K, V> loads,
            FailedLoads<K, V> failures,
            Definitions.Plan<K, V> plan,
            Surroundings around) {
        this.shared = shared;
        this.reads = reads;
        this.looks = looks;
        this.loads = loads;
        this.failures = failures;
        this.plan = plan;
        this.control = around.control();
        this.around = around;
    }

    /**
     * A get that needs a load.
     *
     * @param isHidden whether what the store holds was changed here, so that it stands in for nothing
     * @param numberBefore that of the last change before it
     * @param named markers that it depends on, those that the loader names too
     */
    record Missing<K extends @Nullable Object, V extends @Nullable Object>(
            Uncommitted open,
            Uncommitted.Place place,
            Loads.Task<K, V> task,
            boolean isHidden,
            long numberBefore,
            Set<String> named,
            LoadContext<V> context) {}

    /** What is answered without a load. */
    record Answer<V extends @Nullable Object>(V value) {}

    V get(Uncommitted open, String key, K argument) throws Exception {
        if (!control.allows(Op.READ, key)) {
            shared.tally().bypassed(key);
            return loads.loadAround(key, argument);
        }
        Answer<V> own = own(open, key, argument);
        if (own != null) {
            return own.value();
        }
        List<String> markers = plan.tags().markers(argument);
        Lookup<V> seen = look(open, key, markers);
        Decision decision = decide(key, seen);
        return decision.loads()
                ? load(missing(open, key, markers, argument, seen, decision))
                : serve(decision, key, markers, argument, seen);
    }

    /** Loads, whatever is there. What holds after the commit nobody knows before: there the key is invalidated. */
    V reload(Uncommitted open, String key, K argument) throws Exception {
        List<String> markers = plan.tags().markers(argument);
        Missing<K, V> one = missing(open, key, markers, argument, null, Decision.LOAD);
        V value = load(one);
        if (open.forget(one.place(), () -> shared.invalidate(key))) {
            open.loaded(one.place(), new Uncommitted.Own(value, one.named()), one.numberBefore() + 1);
        } else {
            shared.invalidate(key);
        }
        return value;
    }

    /** What the store holds, as far as it was not changed here; the value, if one was put. */
    Lookup<V> find(Uncommitted open, String key, List<String> markers) {
        Uncommitted.Own put = open.put(place(key));
        if (put != null) {
            Meta meta = Meta.of(
                    around.nextStamp(), around.nowMillis(), plan.policy().ttl(), 0);
            return new Lookup.Fresh<>(Nulls.cast(put.value()), meta);
        }
        Lookup<V> seen = look(open, key, markers);
        return seen == null ? new Lookup.Absent<>() : seen;
    }

    Uncommitted.Place place(String key) {
        return new Uncommitted.Place(shared, key);
    }

    /** What was put or loaded here, as the answer of a get. */
    @Nullable
    Answer<V> own(Uncommitted open, String key, K argument) {
        reads.asked(key, argument);
        Uncommitted.Own own = open.own(place(key));
        if (own == null) {
            return null;
        }
        shared.tally().bypassed(key);
        return new Answer<>(Nulls.cast(own.value()));
    }

    /** What the store holds; {@code null} if that was changed here. */
    @Nullable
    Lookup<V> look(Uncommitted open, String key, List<String> markers) {
        if (open.hides(place(key), markers)) {
            return null;
        }
        if (!open.hasMarkers() || !shared.takesTags()) {
            return shared.shelf().find(key, markers);
        }
        Shelf.Entry<V> entry = shared.shelf().findEntry(key, markers); // its loader may have named more tags
        return open.isHitBy(entry.versions().markers()) ? null : entry.lookup();
    }

    Decision decide(String key, @Nullable Lookup<V> seen) {
        return seen == null ? Decision.LOAD_ONLY : looks.decide(key, seen);
    }

    V serve(Decision decision, String key, List<String> markers, K argument, @Nullable Lookup<V> seen)
            throws Exception {
        Decision quiet =
                decision == Decision.SERVE_AND_REFRESH ? Decision.SERVE : decision; // nobody may join a load here
        return reads.act(quiet, Detector.Level.STORE, key, markers, argument, Objects.requireNonNull(seen));
    }

    /** A load that is to be done. */
    Missing<K, V> missing(
            Uncommitted open,
            String key,
            List<String> markers,
            K argument,
            @Nullable Lookup<V> seen,
            Decision decision) {
        Lookup<V> found = seen == null ? new Lookup.Absent<>() : seen;
        Set<String> named = new LinkedHashSet<>(markers);
        return new Missing<>(
                open,
                place(key),
                new Loads.Task<>(key, markers, argument, found, decision, Claim.ANY),
                seen == null,
                open.number(),
                named,
                new LoadContext<>(found, shared.valueType(), tags -> named.addAll(LoadTags.markers(shared, tags))));
    }

    V load(Missing<K, V> one) throws Exception {
        one.open().begin(one.place());
        try {
            return end(
                    one,
                    () -> Loading.one(
                            one.context(), () -> plan.loader().load(one.task().argument(), one.context())));
        } finally {
            one.open().over(one.place());
        }
    }

    /** Runs a load and remembers what comes. */
    private V end(Missing<K, V> one, Callable<V> load) throws Exception {
        Loads.Task<K, V> task = one.task();
        V value;
        try {
            value = shared.tally()
                    .load(
                            new Tally.Call(task.key(), 1, false),
                            around.nanos(),
                            () -> one.context().during(load),
                            e -> judge(task, e));
        } catch (Exception e) {
            return instead(one, e);
        }
        loaded(one, value);
        return value;
    }

    /** Counts a load and remembers what came. */
    void loaded(Missing<K, V> one, V value) {
        counted(one);
        one.open().loaded(one.place(), new Uncommitted.Own(value, one.named()), one.numberBefore());
    }

    LoadOutcome judge(Loads.Task<K, V> task, Exception failure) {
        return failures.servesInstead(task, failure) || failures.fallsBack(task, failure)
                ? LoadOutcome.EXCUSED
                : LoadOutcome.FAILED;
    }

    /** What may stand in, or the failure. Others' loads do not pause: it may be the failure of the transaction alone. */
    V instead(Missing<K, V> one, Exception failure) throws Exception {
        Loads.Task<K, V> task = one.task();
        if (failures.servesInstead(task, failure)) {
            shared.tally().got(Flight.Kind.STALE, task.key(), task.found(), Detector.Level.STORE);
            return Loads.valueOf(task.found());
        }
        if (failures.fallsBack(task, failure)) {
            shared.tally().got(Flight.Kind.FALLBACK, task.key(), null, Detector.Level.LOADER);
            return plan.rule().instead(task.argument());
        }
        counted(one);
        throw failure;
    }

    private void counted(Missing<K, V> one) {
        Loads.Task<K, V> task = one.task();
        if (one.isHidden()) {
            shared.tally().bypassed(task.key());
        } else {
            shared.tally().got(Loads.kindOf(task), task.key(), task.found(), Detector.Level.LOADER);
        }
    }

    /** As {@link #get}; what an asynchronous loader brings is not waited for, everything else is done in this thread. */
    CompletableFuture<V> getAsync(Uncommitted open, String key, K argument) {
        try {
            if (!(plan.loader() instanceof LaterLoader<? super K, V> later) || !control.allows(Op.READ, key)) {
                return CompletableFuture.completedFuture(get(open, key, argument));
            }
            Answer<V> own = own(open, key, argument);
            if (own != null) {
                return CompletableFuture.completedFuture(own.value());
            }
            List<String> markers = plan.tags().markers(argument);
            Lookup<V> seen = look(open, key, markers);
            Decision decision = decide(key, seen);
            return decision.loads()
                    ? begin(later, missing(open, key, markers, argument, seen, decision))
                    : CompletableFuture.completedFuture(serve(decision, key, markers, argument, seen));
        } catch (Throwable t) {
            return CompletableFuture.failedFuture(t);
        }
    }

    private CompletableFuture<V> begin(LaterLoader<? super K, V> later, Missing<K, V> one) {
        CompletableFuture<V> answer = new CompletableFuture<>();
        BiConsumer<@Nullable V, @Nullable Throwable> ended = (value, failure) -> {
            try {
                answer.complete(end(one, () -> {
                    if (failure != null) {
                        throw LaterLoader.raise(failure);
                    }
                    return Nulls.cast(value);
                }));
            } catch (Throwable t) {
                answer.completeExceptionally(t);
            }
        };
        one.open().begin(one.place());
        try {
            later.begin(one.task().argument(), one.context(), ended);
        } catch (Exception e) {
            ended.accept(null, e);
        } finally {
            one.open().over(one.place());
        }
        return answer;
    }
}
