package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes full segments free again, one step at a time: what is dead first, then what is worth least.
 *
 * <p>Thread-safe; one thread reclaims at a time, for a slice of a segment, and whoever comes next goes on where it stopped. Nothing
 * else is chosen before that segment is empty. Readers are not disturbed: what survives is copied and its slot repointed, and a
 * drained segment waits in {@link #retired} until nobody can be reading it.
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

    /** Held for a slice. Fair, so that a writer does not wait for all that the store's thread has to do. */
    private final ReentrantLock lock;

    @GuardedBy("lock")
    private final ArrayDeque<Segment> retired = new ArrayDeque<>();

    /** Evictions in a row, of a segment each, that evicted nothing. Many are possible only where a few large items fill the store. */
    @GuardedBy("lock")
    private int vainSteps;

    /**
     * Compactions that copied more than was alive in the segment, since something was evicted. Large items that share segments
     * can go round in a circle: each one moved leaves a half-dead segment, in which is the end of the next.
     */
    @GuardedBy("lock")
    private int costlySteps;

    /** Of the segment in work, when it was chosen. */
    @GuardedBy("lock")
    private long liveBytes;

    /** How many {@link #retired} has. */
    private volatile int retiredCount;

    /** Whether a segment is half empty. */
    private volatile boolean underWay;

    Reclaimer(SegmentStore store) {
        this(store, new ReentrantLock(true));
    }

    Reclaimer(SegmentStore store, ReentrantLock lock) {
        this.store = store;
        this.lock = lock;
        worker = new Worker(store, 0);
        drain = new Drain(store, worker);
    }

    /**
     * Goes on until a segment is emptied, unless so many are available already: for a writer, who waits for one. Between slices it
     * does not stand in line again, or it would wait for a processor at each handing over.
     *
     * @param patient rather does nothing than use up the reserve while calls in progress keep back what is drained: with no
     *     room for copies, items would go that are worth keeping
     * @return whether memory was or will be gained
     */
    boolean step(long needed, boolean patient) {
        boolean gains = slice(needed, patient);
        while (gains && underWay && store.segments.available() < needed) {
            gains = nextSlice(needed, patient);
        }
        return gains;
    }

    /** The same for a slice of a segment: for the store's thread, which lets writers go first. */
    boolean slice(long needed, boolean patient) {
        lock.lock();
        try {
            return gain(needed, patient);
        } finally {
            lock.unlock();
        }
    }

    private boolean nextSlice(long needed, boolean patient) {
        if (!lock.tryLock()) { // which takes it before those in line
            lock.lock();
        }
        try {
            return gain(needed, patient);
        } finally {
            lock.unlock();
        }
    }

    @GuardedBy("lock")
    private boolean gain(long needed, boolean patient) {
        if (store.segments.available() >= needed || settle()) {
            return true;
        }
        return !(patient && store.segments.available() < 0 && waitsForCalls()) && work();
    }

    /** Whether a segment is half empty, so that there is more to do at once. */
    boolean isUnderWay() {
        return underWay;
    }

    /** Ends what was begun, for a store at rest. */
    void finish() {
        lock.lock();
        try {
            while (underWay) {
                beginSlice();
                goOn();
            }
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

    /** A slice of freeing what holds nothing alive; answers whether there is more to do. */
    boolean reclaimDead() {
        lock.lock();
        try {
            beginSlice();
            if (underWay && !goOn()) {
                return true;
            }
            survey.look(store, worker.now);
            int done = drainDead();
            settle();
            return underWay || survey.dead.size() > done;
        } finally {
            lock.unlock();
        }
    }

    /** Not all at once: expired items must still be taken out of the index one by one, and writers may be waiting. */
    @GuardedBy("lock")
    private int drainDead() {
        int done = 0;
        while (!underWay && done < Math.min(DEAD_BATCH, survey.dead.size())) {
            drain(survey.dead.get(done++), Drain.Rule.DROP_DEAD);
        }
        return done;
    }

    /** Whether drained segments wait for a reader to go on. */
    boolean hasRetired() {
        return retiredCount > 0;
    }

    @GuardedBy("lock")
    private void beginSlice() {
        worker.now = store.clock.seconds();
        drain.beginSlice();
    }

    @GuardedBy("lock")
    private boolean work() {
        beginSlice();
        if (underWay) {
            goOn();
        } else if (!choose()) {
            return hasRetired();
        }
        settle();
        return true;
    }

    /** Begins with another segment; false where there is none. */
    @GuardedBy("lock")
    private boolean choose() {
        survey.look(store, worker.now);
        if (!survey.dead.isEmpty()) {
            drainDead();
        } else if (survey.mostDead != null && (costlySteps < COSTLY_STEPS_MAX || !store.config.evicts())) {
            drain(survey.mostDead, Drain.Rule.KEEP_LIVE);
        } else {
            return store.config.evicts() && evict();
        }
        return true;
    }

    @GuardedBy("lock")
    private boolean evict() {
        costlySteps = 0;
        Segment least = survey.leastWorth;
        if (least == null) {
            return false;
        }
        boolean sealed = survey.place == Survey.SEALED || store.log.seal(survey.place, least);
        if (sealed && !least.hasWriters()) {
            store.worth.inflateTo(survey.worth);
            drain(least, vainSteps > VAIN_STEPS_MAX ? Drain.Rule.KEEP_NONE : Drain.Rule.KEEP_USED);
        } else {
            vainSteps++; // somebody came while it was open; another one is next
        }
        return true;
    }

    /** Begins to empty a segment. */
    @GuardedBy("lock")
    private void drain(Segment segment, Drain.Rule rule) {
        liveBytes = segment.liveBytes();
        segment.become(Segment.State.DRAINING);
        drain.start(segment, rule);
        underWay = true;
        goOn();
    }

    /** Goes on emptying a segment until the slice is used up; answers whether that is done. */
    @GuardedBy("lock")
    private boolean goOn() {
        Segment segment = drain.segment();
        if (segment == null || !drain.goOn()) {
            return segment == null;
        }
        underWay = false;
        switch (drain.rule()) {
            case DROP_DEAD -> {}
            case KEEP_LIVE -> costlySteps += drain.copiedBytes() > liveBytes ? 1 : 0;
            case KEEP_USED, KEEP_NONE -> vainSteps = drain.evicted() > 0 ? 0 : vainSteps + 1;
        }
        retire(segment);
        return true;
    }

    @GuardedBy("lock")
    private void retire(Segment segment) {
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
