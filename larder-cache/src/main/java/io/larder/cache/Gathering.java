package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.larder.cache.spi.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * Merges loads of single keys that begin within a short window into one call of a bulk loader. Thread-safe.
 *
 * <pre>
 *   first    ── takes the first seat ── waits: the window ends, or all seats are taken ── loads for all ── all flights land
 *   others   ── take a seat, leave their flight to the first ── wait for it ───────────────────────────────────┘
 * </pre>
 *
 * <p>The window is measured as waits are, which a test's ticker is not. Callers share a batch only where the values that keys name in their
 * threads are the same: the loader runs with those of the first.
 */
final class Gathering<K extends @Nullable Object, V extends @Nullable Object> {
    static final Duration WINDOW_MAX = Duration.ofMinutes(1);

    /** Those who load together. */
    private final class Batch {
        final CountDownLatch full = new CountDownLatch(1);

        @GuardedBy("this")
        private final List<BulkLoads.Pending<K, V>> seats = new ArrayList<>();

        @GuardedBy("this")
        private @Nullable Thread first;

        @GuardedBy("this")
        private boolean closed;

        /** Takes a seat; answers which, from 0, or -1 if it is too late. */
        synchronized int enter(BulkLoads.Pending<K, V> one) {
            if (closed) {
                return -1;
            }
            if (first == null) {
                first = Thread.currentThread();
            }
            one.flight().takeOver(first); // so that a ring of waits is seen
            seats.add(one);
            if (seats.size() >= bulk.gatherMax()) {
                closed = true;
                full.countDown();
            }
            return seats.size() - 1;
        }

        /** Takes no more; answers all. */
        synchronized List<BulkLoads.Pending<K, V>> close() {
            closed = true;
            return List.copyOf(seats);
        }
    }

    private final ConcurrentMap<Map<String, String>, Batch> open = new ConcurrentHashMap<>(); // by what keys name
    private final Definition<V> shared;
    private final Bulk<K, V> bulk;
    private final BulkLoads<K, V> loads;
    private final Waiting waiting;

    private Gathering(Definition<V> shared, Bulk<K, V> bulk, BulkLoads<K, V> loads, Waiting waiting) {
        this.shared = shared;
        this.bulk = bulk;
        this.loads = loads;
        this.waiting = waiting;
    }

    /** Of a function; {@code null} if it merges nothing. */
    static <K extends @Nullable Object, V extends @Nullable Object> @Nullable Gathering<K, V> of(
            Definition<V> shared, @Nullable Bulk<K, V> bulk, BulkLoads<K, V> loads, Waiting waiting) {
        return bulk == null || bulk.window().isZero() ? null : new Gathering<>(shared, bulk, loads, waiting);
    }

    /**
     * Takes part in a batch. Where this thread is the first of it, the flight has landed afterwards; otherwise another thread lands
     * it, with an interruption if that thread was told to stop.
     *
     * @return whether this thread was the first
     */
    boolean load(Loads.Task<K, V> task, Flight<V> flight) {
        BulkLoads.Pending<K, V> mine = new BulkLoads.Pending<>(task, flight);
        Map<String, String> context = KeyContext.current();
        while (true) {
            Batch batch = open.computeIfAbsent(context, same -> new Batch());
            int seat = batch.enter(mine);
            if (seat > 0) {
                return false;
            }
            if (seat == 0) {
                lead(batch, mine, context);
                return true;
            }
            open.remove(context, batch);
        }
    }

    private void lead(Batch batch, BulkLoads.Pending<K, V> mine, Map<String, String> context) {
        boolean stopped = false;
        try {
            boolean unused = waiting.await(batch.full, bulk.window().toNanos());
        } catch (InterruptedException e) {
            stopped = true;
        }
        List<BulkLoads.Pending<K, V>> all = batch.close();
        open.remove(context, batch);
        if (stopped) {
            Thread.currentThread().interrupt();
            leave(all, mine);
            all = List.of(mine);
        }
        loadAll(all, mine);
    }

    /** This thread was told to stop, the others were not: they start again, without it. */
    private void leave(List<BulkLoads.Pending<K, V>> all, BulkLoads.Pending<K, V> mine) {
        for (BulkLoads.Pending<K, V> other : all) {
            if (other.flight() != mine.flight()) {
                shared.flights().remove(other.task().key(), other.flight());
                other.task().claim().release(); // first, or they would wait for a lease of their own
                other.flight().crash(new InterruptedException("of the thread that gathered"), Flight.Kind.MISS);
            }
        }
    }

    private void loadAll(List<BulkLoads.Pending<K, V>> all, BulkLoads.Pending<K, V> mine) {
        Map<String, V> values = new HashMap<>(); // each caller takes its own from its flight
        boolean[] stopped = {false};
        try {
            for (List<BulkLoads.Pending<K, V>> chunk : bulk.chunks(all)) { // mine is in the first
                if (stopped[0]) {
                    leave(chunk, mine);
                } else {
                    loads.fillAll(bulk, chunk, values, shown -> stopped[0] |= shown instanceof InterruptedException);
                }
            }
            if (stopped[0] && !mine.flight().wasInterrupted()) {
                Thread.currentThread().interrupt(); // this caller has its value, and would not hear of it
            }
        } catch (Throwable t) { // a bug or an Error: but nobody may wait for ever
            all.forEach(one -> one.flight().crash(t, Flight.Kind.MISS));
        } finally {
            all.forEach(one -> {
                shared.flights().remove(one.task().key(), one.flight());
                one.task().claim().release(); // of those not loaded; the others have spent it
            });
        }
    }
}
