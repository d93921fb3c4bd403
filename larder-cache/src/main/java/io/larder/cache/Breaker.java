package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Keeps callers from asking a store that does not answer. Thread-safe.
 *
 * <pre>
 *   closed ── 5 failures in a row, or half of 20 calls within 10 s ──► open ── after a while, one caller ──► probe
 *     ▲                                                                 ▲                                     │
 *     └──────────── it is answered ─────────────────────────────────────│──────────────── it fails ◄──────────┘
 * </pre>
 *
 * <p>It stays open for a second first, then twice as long after each probe that fails, up to 30 seconds, less up to a fifth
 * by chance, so that processes do not come back all at once. A call slower than a second counts as a failure.
 */
final class Breaker {
    static final int FAILURES_IN_A_ROW = 5;
    static final int CALLS_MIN = 20;
    static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(10);
    static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(30);
    static final long SLOW_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What it does with calls. */
    enum State {
        CLOSED,
        OPEN,
        PROBING
    }

    private final Surroundings around;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean calm = true; // nothing has failed lately: a success need not take the lock

    @GuardedBy("lock")
    private State state = State.CLOSED;

    @GuardedBy("lock")
    private int inARow;

    @GuardedBy("lock")
    private int calls;

    @GuardedBy("lock")
    private int failures;

    @GuardedBy("lock")
    private long windowNanos;

    @GuardedBy("lock")
    private long pauseNanos;

    @GuardedBy("lock")
    private long retryNanos;

    private final Consumer<State> listener;
    private final AtomicInteger changes = new AtomicInteger(); // not told yet; above zero while a thread tells
    private State told = State.CLOSED; // belongs to the thread that tells

    /**
     * A breaker.
     *
     * @param listener told each new state, by one thread at a time; of quick changes, the last
     */
    Breaker(Surroundings around, Consumer<State> listener) {
        this.around = around;
        this.listener = listener;
    }

    private void changed() {
        around.events().soon(this::tell);
    }

    /** Tells the state; who comes meanwhile leaves it to the thread that tells, which looks again. */
    private void tell() {
        if (changes.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        while (seen != 0) {
            State now = state();
            if (now != told) {
                told = now;
                listener.accept(now);
            }
            seen = changes.addAndGet(-seen);
        }
    }

    /** Whether to ask the store; who gets a yes reports the outcome. */
    boolean tryEnter() {
        if (calm) {
            return true;
        }
        lock.lock();
        try {
            if (state != State.OPEN || around.nanos() - retryNanos < 0) {
                return state == State.CLOSED;
            }
            state = State.PROBING;
        } finally {
            lock.unlock();
        }
        changed();
        return true;
    }

    /** The store has answered. */
    void answered(long startNanos) {
        if (around.nanos() - startNanos >= SLOW_NANOS) {
            failed();
            return;
        }
        if (calm) {
            return;
        }
        lock.lock();
        try {
            if (state != State.PROBING) {
                if (state == State.CLOSED) {
                    count(0);
                }
                return;
            }
            close();
        } finally {
            lock.unlock();
        }
        changed();
    }

    /** The store has failed. */
    void failed() {
        lock.lock();
        try {
            calm = false;
            if (state == State.PROBING) {
                open(Math.min(LONGEST_NANOS, 2 * pauseNanos));
            } else if (state == State.CLOSED) {
                count(1);
                if (inARow >= FAILURES_IN_A_ROW || (calls >= CALLS_MIN && 2 * failures >= calls)) {
                    open(FIRST_NANOS);
                }
            }
        } finally {
            lock.unlock();
        }
        changed();
    }

    @GuardedBy("lock")
    private void count(int failed) {
        long now = around.nanos();
        if (calls == 0 || now - windowNanos >= WINDOW_NANOS) {
            windowNanos = now;
            calls = 0;
            failures = 0;
        }
        calls++;
        failures += failed;
        inARow = failed == 0 ? 0 : inARow + 1;
        if (failures == 0) {
            calm = true; // a whole window without one
            calls = 0;
        }
    }

    @GuardedBy("lock")
    private void open(long nanos) {
        state = State.OPEN;
        pauseNanos = nanos;
        retryNanos = around.nanos() + nanos - (long) (nanos * around.random() / 5);
    }

    @GuardedBy("lock")
    private void close() {
        state = State.CLOSED;
        inARow = 0;
        calls = 0;
        failures = 0;
        calm = true;
    }

    State state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }
}
