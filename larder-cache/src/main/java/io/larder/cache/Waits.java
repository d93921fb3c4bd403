package io.larder.cache;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for whose flight, to refuse a wait that would never end: a loader that asks for its own key, or two that ask
 * for each other's in two threads. Holds one entry per waiting thread. Thread-safe.
 *
 * <p>A thread writes itself down before it follows the chain of leaders, so of the threads in a ring the last one to do
 * so sees the whole ring.
 */
final class Waits {
    private static final int CHAIN_MAX = 1000; // longer ones are not followed; a thread waits once, so few are

    /** A wait for a flight. */
    @FunctionalInterface
    interface Wait {
        /** Answers whether what it waits for came in time. */
        boolean run() throws InterruptedException;
    }

    private final ConcurrentMap<Thread, Flight<?>> waiting = new ConcurrentHashMap<>();

    /**
     * Waits for a flight.
     *
     * @return what {@code wait} answers
     * @throws RecursiveLoadException if the flight cannot land before this thread goes on
     */
    boolean await(Flight<?> flight, String key, Wait wait) throws InterruptedException {
        if (flight.hasLanded()) {
            return true;
        }
        Thread me = Thread.currentThread();
        waiting.put(me, flight);
        try {
            if (leadsTo(me, flight)) {
                throw new RecursiveLoadException(key);
            }
            return wait.run();
        } finally {
            waiting.remove(me);
        }
    }

    int size() {
        return waiting.size();
    }

    private boolean leadsTo(Thread me, Flight<?> start) {
        @Nullable Flight<?> flight = start;
        for (int i = 0; i < CHAIN_MAX && flight != null && !flight.hasLanded(); i++) {
            Thread leader = flight.leader();
            if (leader == me) {
                return true;
            }
            flight = leader == null ? null : waiting.get(leader);
        }
        return false;
    }
}
