package io.larder.cache;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells listeners, in the thread that has something to tell, and drops what they throw. Thread-safe.
 *
 * <p>No lock may be held meanwhile. Work under one is run by {@link #afterwards}, which tells when it is over.
 */
final class Events {
    /** With nobody to tell. */
    static final Events NONE = new Events(List.of());

    private static final System.Logger LOG = System.getLogger("io.larder.cache");

    /** A listener, and whether something it threw was logged. */
    private record Hearer(CacheListener listener, AtomicBoolean complained) {
        void tell(Consumer<CacheListener> call) {
            try {
                call.accept(listener);
            } catch (Throwable e) { // Errors too: who tells may be loading for others
                if (complained.compareAndSet(false, true)) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "cache listener {0} failed with {1}; what it throws from now on is dropped silently",
                            listener.getClass().getName(),
                            e.getClass().getName());
                }
            }
        }
    }

    private final List<Hearer> all = new ArrayList<>();
    private final List<Hearer> ofGets = new ArrayList<>();
    private final boolean heard;
    private final boolean hearsGets;

    @SuppressWarnings("ThreadLocalUsage") // one for each Larder, set only while a lock is held
    private final ThreadLocal<Queue<Runnable>> held = new ThreadLocal<>();

    Events(List<CacheListener> listeners) {
        for (CacheListener listener : listeners) {
            Hearer hearer = new Hearer(listener, new AtomicBoolean());
            all.add(hearer);
            if (listener.hearsGets()) {
                ofGets.add(hearer);
            }
        }
        heard = !all.isEmpty();
        hearsGets = !ofGets.isEmpty();
    }

    /** Whether anybody wants to hear of gets; if not, a get builds no event. */
    boolean hearsGets() {
        return hearsGets;
    }

    void get(String function, String key, Detector.Outcome outcome, Detector.Level level) {
        CacheEvent.Get event = new CacheEvent.Get(function, key, outcome, level);
        soon(() -> ofGets.forEach(hearer -> hearer.tell(listener -> listener.onGet(event))));
    }

    /** Tells all. */
    void tell(Consumer<CacheListener> call) {
        if (heard) {
            soon(() -> all.forEach(hearer -> hearer.tell(call)));
        }
    }

    /** Runs what tells: now, or where this thread holds a lock, afterwards. */
    void soon(Runnable telling) {
        @Nullable Queue<Runnable> later = heard ? held.get() : null;
        if (later == null) {
            telling.run();
        } else {
            later.add(telling);
        }
    }

    /** Runs work under a lock, and tells what is to be told of it when it has given the lock back. */
    void afterwards(Runnable locked) {
        if (!heard || held.get() != null) {
            locked.run();
            return;
        }
        Queue<Runnable> later = new ArrayDeque<>();
        held.set(later);
        try {
            locked.run();
        } finally {
            held.remove();
            later.forEach(Runnable::run);
        }
    }
}
