package io.larder.bench.framework;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/** A store outside the process, as its client shows it: bytes by key, with a TTL, and a state that changes while it is used. */
final class FaultyStore {
    /** A client's timeout; a slow store is one that does not answer within it. */
    private static final long TIMEOUT_NANOS = 50_000_000;

    private static final long ANSWER_NANOS = 200_000;
    private static final long FLAP_NANOS = 300_000_000;

    enum Phase {
        WELL,
        SLOW,
        DOWN,
        FLAPPING,
        FULL,
        WELL_AGAIN
    }

    /** The store answers that it has no room. */
    static final class Full extends IllegalStateException {
        Full() {
            super("set: out of memory storing object");
        }
    }

    private record Kept(byte[] value, long endNanos) {}

    private final ConcurrentHashMap<String, Kept> map = new ConcurrentHashMap<>();
    private volatile Phase phase = Phase.WELL;

    /** What its calls come to from now on. */
    void enter(Phase next) {
        phase = next;
    }

    byte[] get(String key) {
        answer("get");
        Kept kept = map.get(key);
        return kept == null || kept.endNanos() - System.nanoTime() <= 0 ? null : kept.value().clone();
    }

    void put(String key, byte[] value, long ttlNanos) {
        answer("set");
        if (phase == Phase.FULL) {
            throw new Full();
        }
        map.put(key, new Kept(value.clone(), System.nanoTime() + Math.min(ttlNanos, Long.MAX_VALUE / 4)));
    }

    void remove(String key) {
        answer("delete");
        map.remove(key);
    }

    private void answer(String call) {
        boolean refuses = phase == Phase.DOWN || (phase == Phase.FLAPPING && System.nanoTime() / FLAP_NANOS % 2 == 0);
        if (refuses) {
            throw new IllegalStateException(call + ": connection refused");
        }
        if (phase == Phase.SLOW) {
            LockSupport.parkNanos(TIMEOUT_NANOS);
            throw new IllegalStateException(call + ": no reply within 50 ms");
        }
        LockSupport.parkNanos(ANSWER_NANOS);
    }
}
