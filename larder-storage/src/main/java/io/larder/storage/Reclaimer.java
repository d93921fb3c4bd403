package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes full segments free again, one step at a time: what is dead first, then what is worth least.
 *
 * <p>Thread-safe; one thread reclaims at a time. Readers are not disturbed: what survives is copied and its slot repointed,
 * and a drained segment waits in {@link #retired} until nobody can be reading it.
 */
final class Reclaimer {
    private static final int VAIN_STEPS_MAX = 64;
    private static final int COSTLY_STEPS_MAX = 16;
    private static final int DEAD_BATCH = 4;
    private static final System.Logger LOG = System.getLogger(Reclaimer.class.getName());

    private final SegmentStore store;
    private final Worker worker;
    private final Drain drain;
    private final Survey survey = new Survey();

    /** Fair, so that a writer waits for one step and not for all that the store's thread has to do. */
    private final ReentrantLock lock = new ReentrantLock(true);

    @GuardedBy("lock")
    private final ArrayDeque<Segment> retired = new ArrayDeque<>();

    /** Evicting steps in a row that evicted nothing. Many are possible only where a few large items fill the store. */
    @GuardedBy("lock")
    private int vainSteps;

    /**
     * Compactions that copied more than was alive in the segment, since something was evicted. Large items that share segments
     * can go round in a circle: each one moved leaves a half-dead segment, in which is the end of the next.
     */
    @GuardedBy("lock")
    private int costlySteps;

    private volatile int retiredCount;

    Reclaimer(SegmentStore store) {
        this.store = store;
        worker = new Worker(store, 0);
        drain = new Drain(store, worker);
    }

    /**
     * One step, unless so many segments are available already. Waits while somebody else takes one.
     *
     * @param patient rather does nothing than use up the reserve while calls in progress keep back what is drained: with no
     *     room for copies, items would go that are worth keeping
     * @return whether memory was or will be gained
     */
    boolean step(long needed, boolean patient) {
        lock.lock();
        try {
            if (store.segments.available() >= needed || settle()) {
                return true;
            }
            return !(patient && store.segments.available() < 0 && waitsForCalls()) && step();
        } finally {
            lock.unlock();
        }
    }

    /** Whether a call in progress, not an item in somebody's hand, keeps back a drained segment. */
    @GuardedBy("lock")
    private boolean waitsForCalls() {
        for (Segment segment : retired) {
            if (!store.epochs.passed(segment.retiredEpoch)) {
                return true;
            }
        }
        return false;
    }

    /** Frees a few of the segments that hold nothing alive; answers whether there are more. */
    boolean reclaimDead() {
        lock.lock();
        try {
            worker.now = store.clock.seconds();
            survey.look(store, worker.now);
            retireDead();
            settle();
            return survey.dead.size() > DEAD_BATCH;
        } finally {
            lock.unlock();
        }
    }

    /** Not all at once: expired items must still be taken out of the index one by one, and writers may be waiting. */
    @GuardedBy("lock")
    private void retireDead() {
        for (int i = 0; i < Math.min(DEAD_BATCH, survey.dead.size()); i++) {
            retire(survey.dead.get(i), Drain.Rule.DROP_DEAD);
        }
    }

    /** Whether drained segments wait for a reader to go on. */
    boolean hasRetired() {
        return retiredCount > 0;
    }

    @GuardedBy("lock")
    private boolean step() {
        worker.now = store.clock.seconds();
        survey.look(store, worker.now);
        if (!survey.dead.isEmpty()) {
            retireDead();
        } else if (survey.mostDead != null && (costlySteps < COSTLY_STEPS_MAX || !store.config.evicts())) {
            compact(survey.mostDead);
        } else if (!store.config.evicts()) {
            return hasRetired();
        } else {
            return evict();
        }
        settle();
        return true;
    }

    @GuardedBy("lock")
    private void compact(Segment segment) {
        long live = segment.liveBytes();
        long before = worker.counters.get(Counters.Kind.COPIED_BYTES);
        retire(segment, Drain.Rule.KEEP_LIVE);
        costlySteps += worker.counters.get(Counters.Kind.COPIED_BYTES) - before > live ? 1 : 0;
    }

    @GuardedBy("lock")
    private boolean evict() {
        costlySteps = 0;
        long before = worker.counters.get(Counters.Kind.EVICTED);
        Segment least = survey.leastWorth;
        if (least == null) {
            return hasRetired();
        }
        boolean sealed = survey.place == Survey.SEALED || store.log.seal(survey.place, least);
        if (sealed && !least.hasWriters()) { // if somebody came while it was open, the next step takes another
            store.worth.inflateTo(survey.worth);
            retire(least, isVain() ? Drain.Rule.KEEP_NONE : Drain.Rule.KEEP_USED);
        }
        settle();
        vainSteps = worker.counters.get(Counters.Kind.EVICTED) > before ? 0 : vainSteps + 1;
        return true;
    }

    @GuardedBy("lock")
    private boolean isVain() {
        return vainSteps > VAIN_STEPS_MAX;
    }

    @GuardedBy("lock")
    private void retire(Segment segment, Drain.Rule rule) {
        segment.become(Segment.State.DRAINING);
        if (segment.liveRecords() > 0) {
            drain.run(segment, rule);
        }
        if (segment.liveRecords() != 0) {
            // cannot be; if it is, this memory is better never used again than read as something else
            LOG.log(
                    System.Logger.Level.ERROR,
                    "segment {0} still has {1} live records",
                    segment.id,
                    segment.liveRecords());
            return;
        }
        segment.retiredEpoch = store.epochs.advance();
        segment.become(Segment.State.RETIRED);
        retired.addLast(segment);
        retiredCount = retired.size();
    }

    /** Frees the retired segments that have no reader left; one still held does not keep back the others. */
    @GuardedBy("lock")
    private boolean settle() {
        boolean freed = false;
        for (int i = retired.size(); i > 0; i--) {
            Segment segment = retired.removeFirst();
            if (store.epochs.passed(segment.retiredEpoch, segment.id)) {
                store.segments.giveBack(segment);
                freed = true;
            } else {
                retired.addLast(segment);
            }
        }
        retiredCount = retired.size();
        return freed;
    }
}
