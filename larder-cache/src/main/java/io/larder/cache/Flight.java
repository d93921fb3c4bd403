package io.larder.cache;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One look at the store, and load if need be, that all callers of a key share.
 *
 * <pre>
 *   leader   ── read ── offer ── load ── land ── store ──────────►  (map entry removed)
 *   waiter        └─ join ─ wait ─┘ old value, if there is one
 *   waiter                    └─ join ─ wait ──┘ same value or failure
 *   invalidate        └─ overtake: never stored; or waits while it is being stored, then removes
 * </pre>
 *
 * <p>The leader is the thread that runs it; a flight may be handed over to another before its load. Confined to its leader
 * until it lands, except for {@link #overtake} and the waits.
 */
final class Flight<V extends @Nullable Object> {
    /** How the gets that take part are counted. */
    enum Kind {
        HIT,
        STALE,
        NEGATIVE,
        MISS,
        UNAVAILABLE,
        FALLBACK
    }

    /**
     * A value for those who would rather not wait.
     *
     * @param untilMillis when it must not be served any more, by the wall clock
     * @param stamp of the value
     */
    record Offer<V extends @Nullable Object>(V value, Kind kind, long untilMillis, long stamp) {}

    private static final int PASSED_MAX = 100;

    private final Surroundings around;
    private final Object naming = new Object();

    @GuardedBy("naming")
    private List<String> markers; // replaced, not changed

    @GuardedBy("naming")
    private @Nullable Set<String> passed; // invalidated meanwhile, though not ours yet; seldom any

    @GuardedBy("naming")
    private @Nullable List<Runnable> listeners; // of callers who do not wait

    private final CountDownLatch landed = new CountDownLatch(1); // publishes the three fields below
    private Kind kind = Kind.MISS;
    private @Nullable Object value;
    private @Nullable Throwable failure;

    private final CountDownLatch answerable = new CountDownLatch(1);
    private volatile @Nullable Offer<V> offer; // written once, before answerable opens
    private volatile @Nullable Thread leader = Thread.currentThread(); // read by those who look for rings of waits

    private volatile boolean tentative;

    private volatile @Nullable Claim claim;

    private final ReentrantLock storing = new ReentrantLock();

    @GuardedBy("storing")
    private boolean overtaken;

    /** A flight whose leader is this thread, for an entry that depends on these markers. */
    Flight(List<String> markers, Surroundings around) {
        this.markers = markers;
        this.around = around;
    }

    List<String> markers() {
        synchronized (naming) {
            return markers;
        }
    }

    /** By the leader: the entry depends on this marker too; answers whether it was invalidated since the flight began. */
    boolean tag(String marker) {
        synchronized (naming) {
            List<String> more = new ArrayList<>(markers);
            more.add(marker);
            markers = List.copyOf(more);
            return passed != null && (passed.size() >= PASSED_MAX || passed.contains(marker));
        }
    }

    /**
     * By the leader, before it offers an old value: nobody who comes after an invalidation of what that depends on shall join;
     * answers whether there was one since the flight began.
     */
    boolean tagAsOld(List<String> tags) {
        boolean passedBy = false;
        for (String marker : tags) {
            if (!markers().contains(marker)) {
                passedBy |= tag(marker);
            }
        }
        return passedBy;
    }

    /** A marker is invalidated; answers whether the entry depends on it. If not, that may turn out later. */
    boolean isHitBy(String marker) {
        synchronized (naming) {
            if (markers.contains(marker)) {
                return true;
            }
            if (passed == null) {
                passed = new HashSet<>();
            }
            if (passed.size() < PASSED_MAX) { // beyond, any tag named later counts as one of them
                passed.add(marker);
            }
            return false;
        }
    }

    /** Who runs it; {@code null} while it waits for a thread. */
    @Nullable
    Thread leader() {
        return leader;
    }

    /** By the leader: another thread will go on. */
    void handOver() {
        leader = null;
    }

    /** By the thread that goes on. */
    void takeOver() {
        leader = Thread.currentThread();
    }

    /** The load goes on without this thread, unless another has taken it over already. */
    void leftTo(Thread gone) {
        if (leader == gone) {
            leader = null;
        }
    }

    /** By the leader: this thread runs it instead. */
    void takeOver(Thread other) {
        leader = other;
    }

    boolean hasLanded() {
        return landed.getCount() == 0;
    }

    /** By the leader, at most once: lets those go on who can do with this value. */
    void offer(Offer<V> old) {
        offer = old;
        answerable.countDown();
        tell();
    }

    /** Calls this when there is an offer, and when it has landed; at once if that is so. In the thread that brings it. */
    void listen(Runnable listener) {
        synchronized (naming) {
            if (listeners == null) {
                listeners = new ArrayList<>();
            }
            listeners.add(listener);
        }
        if (answerable.getCount() == 0) {
            listener.run();
        }
    }

    private void tell() {
        List<Runnable> told;
        synchronized (naming) {
            told = listeners == null ? List.of() : List.copyOf(listeners);
        }
        told.forEach(Runnable::run);
    }

    @Nullable
    Offer<V> offer() {
        return offer;
    }

    /** By the leader: what it may store over. */
    void holds(Claim granted) {
        claim = granted;
    }

    /** After {@link #overtake}: lets another process, or this one, load what this flight will not store. */
    void letGo() {
        Claim held = claim;
        if (held != null && held.isLease()) {
            boolean unused = around.background().tryRun(held::release);
        }
    }

    /** By the leader of a refresh: whether it has still to begin, and to look at what it refreshes. */
    void tentative(boolean isSo) {
        tentative = isSo;
    }

    boolean isTentative() {
        return tentative;
    }

    /** By the leader: lets the waiters go on with this value. */
    void land(V result, Kind as) {
        value = result;
        kind = as;
        open();
    }

    /** By the leader: fails the waiters, unless they have their value already. */
    void crash(Throwable cause, Kind as) {
        if (!hasLanded()) {
            failure = cause;
            kind = as;
            open();
        }
    }

    /** By the leader, before a load: those who wait start again, without it. */
    void abandon() {
        crash(new InterruptedException("the key was changed while another process loaded it"), Kind.MISS);
    }

    private void open() {
        landed.countDown();
        answerable.countDown();
        tell();
    }

    /** By the leader: runs the write, unless an invalidation or a put came after the flight began. */
    void store(Runnable write) {
        around.waiting().lock(storing);
        try {
            if (!overtaken || !around.isFencing()) {
                write.run();
            }
        } finally {
            storing.unlock();
        }
    }

    /** Keeps the flight from storing its value; returns after the write if that has begun. */
    void overtake() {
        around.waiting().lock(storing);
        try {
            overtaken = true;
        } finally {
            storing.unlock();
        }
    }

    /** Waits until there is an offer or it has landed; answers whether that came in time. */
    boolean awaitAnswer(long nanosMax) throws InterruptedException {
        return around.waiting().await(answerable, nanosMax);
    }

    /** Waits until it has landed; answers whether that came in time. */
    boolean awaitLanding(long nanosMax) throws InterruptedException {
        return around.waiting().await(landed, nanosMax);
    }

    /** After landing. */
    Kind kind() {
        return kind;
    }

    /** After landing: the load ended because its own thread was interrupted, which is no verdict on the value. */
    boolean wasInterrupted() {
        return failure instanceof InterruptedException;
    }

    /**
     * After landing: the value.
     *
     * @throws Exception the leader's own failure, the same instance for every waiter
     */
    V result() throws Exception {
        if (failure instanceof Exception e) {
            throw e;
        }
        if (failure instanceof Error e) {
            throw e;
        }
        if (failure != null) {
            throw new IllegalStateException("neither an exception nor an error: " + failure, failure);
        }
        return Nulls.cast(value);
    }
}
