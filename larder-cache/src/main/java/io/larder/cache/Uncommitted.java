package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one transaction has changed and loaded so far, and nobody else may see. Thread-safe, for work that is carried over to other
 * threads; loaders and stores are called without its lock.
 *
 * <p>Of a key the last change counts. A put carries the mark that the key's fence had then ({@link Fences}): it is stored only if
 * nobody else has changed the key since, for who was last is not known otherwise.
 */
final class Uncommitted {
    /** Most keys and tags that a transaction changes. */
    static final int CHANGES_MAX = 10_000;

    /** Most loaded values that it remembers. */
    static final int LOADS_MAX = 1000;

    /** A key of a function. The function is the very same object, as comparing what it consists of would mean nothing. */
    record Place(Definition<?> function, String key) {
        @Override
        @SuppressWarnings("ReferenceEquality") // see above
        public boolean equals(@Nullable Object other) {
            return other instanceof Place that && function == that.function && key.equals(that.key);
        }

        @Override
        public int hashCode() {
            return key.hashCode();
        }
    }

    /** A value that was put or loaded here, and the markers it depends on. */
    record Own(@Nullable Object value, Collection<String> markers) {}

    /** Stores a value; answers what is to be done once all are stored, or {@code null} if others have changed its key. */
    @FunctionalInterface
    interface Put {
        @Nullable
        Runnable store(Fences.Claims claims);
    }

    /**
     * What becomes of a key at the commit: a put with its value, or else what {@code forget} does.
     *
     * @param number orders the changes
     */
    private record Change(
            long number, @Nullable Own own, @Nullable Put put, Runnable forget) {
        Change withoutValue() {
            return new Change(number, null, null, forget);
        }
    }

    private enum End {
        OPEN,
        COMMITTED,
        ROLLED_BACK
    }

    private final Fences fences;

    @GuardedBy("this")
    private final Map<Place, Change> changes = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Map<String, Runnable> markers = new LinkedHashMap<>();

    @GuardedBy("this")
    private final Map<Place, Own> loads = new HashMap<>();

    @GuardedBy("this")
    private final Map<Place, Set<Thread>> loading = new HashMap<>();

    @GuardedBy("this")
    private long number; // of the last change

    @GuardedBy("this")
    private int joined;

    private volatile End end = End.OPEN; // set under the lock

    Uncommitted(Fences fences) {
        this.fences = fences;
    }

    boolean isOpen() {
        return end == End.OPEN;
    }

    boolean isRolledBack() {
        return end == End.ROLLED_BACK;
    }

    /** One inside begins, or with -1 ends. */
    synchronized void joined(int more) {
        joined += more;
    }

    /** How many inside are open. */
    synchronized int joined() {
        return joined;
    }

    /** The number of the last change: those made from now on have greater ones. */
    synchronized long number() {
        return number;
    }

    /** The value that was put, or loaded and not changed since; {@code null} if there is none. */
    synchronized @Nullable Own own(Place place) {
        Change change = changes.get(place);
        return change != null && change.own() != null ? change.own() : loads.get(place);
    }

    /** The value that was put; {@code null} if there is none. */
    synchronized @Nullable Own put(Place place) {
        Change change = changes.get(place);
        return change == null ? null : change.own();
    }

    /** Whether the store's entry is of before a change made here. */
    synchronized boolean hides(Place place, Collection<String> itsMarkers) {
        return changes.containsKey(place) || isHitBy(itsMarkers);
    }

    /** Whether one of these was invalidated here. */
    synchronized boolean isHitBy(Collection<String> some) {
        return !markers.isEmpty() && !Collections.disjoint(markers.keySet(), some);
    }

    synchronized boolean hasMarkers() {
        return !markers.isEmpty();
    }

    /** Keeps a value for the commit; answers {@code false} if that is over. */
    synchronized boolean put(Place place, Own own, Put put, Runnable forget) {
        return change(place, own, put, forget);
    }

    /** Keeps an invalidation for the commit, or what else makes of the key; answers {@code false} if that is over. */
    synchronized boolean forget(Place place, Runnable forget) {
        return change(place, null, null, forget);
    }

    @GuardedBy("this")
    private boolean change(Place place, @Nullable Own own, @Nullable Put put, Runnable forget) {
        if (!isOpen()) {
            return false;
        }
        if (changes.remove(place) == null) { // or it takes the last place
            checkRoom();
        }
        changes.put(place, new Change(++number, own, put, forget));
        loads.remove(place);
        return true;
    }

    /** Keeps the invalidation of a tag or a namespace for the commit; answers {@code false} if that is over. */
    synchronized boolean invalidate(String marker, Runnable renew) {
        if (!isOpen()) {
            return false;
        }
        if (!markers.containsKey(marker)) {
            checkRoom();
        }
        number++;
        markers.put(marker, renew);
        changes.replaceAll((place, change) -> {
            Own own = change.own();
            return own != null && own.markers().contains(marker) ? change.withoutValue() : change;
        });
        loads.values().removeIf(own -> own.markers().contains(marker));
        return true;
    }

    @GuardedBy("this")
    private void checkRoom() {
        if (changes.size() + markers.size() >= CHANGES_MAX) {
            throw new IllegalStateException(
                    "a transaction changes at most %d keys and tags; commit in smaller parts, or invalidate a tag or a namespace in place of keys"
                            .formatted(CHANGES_MAX));
        }
    }

    /**
     * This thread begins to load here.
     *
     * @throws RecursiveLoadException if it is loading that already
     */
    synchronized void begin(Place place) {
        if (!loading.computeIfAbsent(place, first -> new HashSet<>()).add(Thread.currentThread())) {
            throw new RecursiveLoadException(place.key());
        }
    }

    /** What was {@linkplain #begin begun} is over. */
    synchronized void over(Place place) {
        Set<Thread> threads = loading.get(place);
        if (threads != null && threads.remove(Thread.currentThread()) && threads.isEmpty()) {
            loading.remove(place);
        }
    }

    /** Keeps a value that was loaded here, unless anything was changed since, or there are too many. */
    synchronized void loaded(Place place, Own own, long numberBefore) {
        if (isOpen() && number == numberBefore && (loads.size() < LOADS_MAX || loads.containsKey(place))) {
            loads.put(place, own);
        }
    }

    /**
     * Takes back what came after a change. Whether the database did so, too, is not known here: so values are forgotten, and what was
     * invalidated stays so, which costs a load and is right in any case.
     */
    synchronized void takeBackTo(long numberBefore) {
        changes.replaceAll((place, change) -> change.number() > numberBefore ? change.withoutValue() : change);
        loads.clear();
    }

    /** Ends without a trace. */
    synchronized void rollBack() {
        if (isOpen()) {
            end = End.ROLLED_BACK;
            clear();
        }
    }

    /** Ends by doing what was kept. Does as much as can be done, and then raises what failed first. */
    void commit() {
        end(End.COMMITTED);
    }

    /** Ends by forgetting whatever was changed, values too. */
    void commitInDoubt() {
        end(End.ROLLED_BACK);
    }

    private void end(End as) {
        List<Runnable> renewals;
        List<Change> puts = new ArrayList<>();
        List<Runnable> rest = new ArrayList<>();
        synchronized (this) {
            end = as;
            renewals = List.copyOf(markers.values());
            for (Change change : changes.values()) {
                Own own = change.own();
                if (as == End.COMMITTED && own != null && !isHitBy(own.markers())) {
                    puts.add(change);
                } else {
                    rest.add(change.forget());
                }
            }
            clear();
        }
        Steps steps = new Steps();
        renewals.forEach(steps::run);
        Fences.Claims claims = fences.claims();
        for (Change change : puts) { // all of them before the rest, which moves fences
            steps.run(() -> {
                Put put = change.put();
                Runnable next = null;
                try {
                    next = put == null ? null : put.store(claims);
                } finally {
                    rest.add(next == null ? change.forget() : next);
                }
            });
        }
        rest.forEach(steps::run);
        steps.raise();
    }

    @GuardedBy("this")
    private void clear() {
        changes.clear();
        markers.clear();
        loads.clear();
    }

    /** Runs one after the other, whatever they raise. */
    private static final class Steps {
        private @Nullable Throwable first;

        void run(Runnable step) {
            try {
                step.run();
            } catch (RuntimeException | Error e) {
                if (first == null) {
                    first = e;
                } else if (first != e) {
                    first.addSuppressed(e);
                }
            }
        }

        void raise() {
            if (first instanceof RuntimeException e) {
                throw e;
            }
            if (first instanceof Error e) {
                throw e;
            }
        }
    }
}
