package io.larder.storage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Makes full segments free again, one step at a time: what is dead first, then what is worth least.
 *
 * <p>Thread-safe; one thread reclaims at a time. Readers are not disturbed: what survives is copied and its slot repointed,
 * and a drained segment waits in {@link #retired} until nobody can be reading it.
 */
final class Reclaimer {
    private final SegmentStore store;
    private final Worker worker;
    private final Drain drain;
    private final Survey survey = new Survey();
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final ArrayDeque<Segment> retired = new ArrayDeque<>();

    private volatile int retiredCount;

    Reclaimer(SegmentStore store) {
        this.store = store;
        worker = new Worker(store, 0);
        drain = new Drain(store, worker);
    }

    /**
     * One step, unless so many segments are available already. Waits while somebody else takes one.
     *
     * @return whether memory was or will be gained
     */
    boolean step(long needed) {
        lock.lock();
        try {
            return store.segments.available() >= needed || settle() || step();
        } finally {
            lock.unlock();
        }
    }

    /** Frees every segment that holds nothing alive, as cheaply as possible. */
    void reclaimDead() {
        lock.lock();
        try {
            settle();
            worker.now = store.clock.seconds();
            survey.look(store, worker.now);
            for (int i = 0; i < survey.dead.size(); i++) {
                retire(survey.dead.get(i), Drain.Rule.DROP_DEAD);
            }
            settle();
        } finally {
            lock.unlock();
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
            for (int i = 0; i < survey.dead.size(); i++) {
                retire(survey.dead.get(i), Drain.Rule.DROP_DEAD);
            }
        } else if (survey.mostDead != null) {
            retire(survey.mostDead, Drain.Rule.KEEP_LIVE);
        } else if (!store.config.evicts()) {
            return hasRetired();
        } else {
            return evict();
        }
        settle();
        return true;
    }

    @GuardedBy("lock")
    private boolean evict() {
        Segment oldestSmall = survey.oldestSmall;
        if (oldestSmall != null && (survey.isSmallOverShare(store.policy.smallShare()) || survey.mainCount == 0)) {
            retire(oldestSmall, Drain.Rule.PROMOTE_USED);
        } else if (survey.mainCount > 0) {
            evictMain();
        } else if (survey.openCount > 0) {
            store.log.sealAll(); // nothing else is left; the next step finds them sealed
        } else {
            return hasRetired();
        }
        settle();
        return true;
    }

    @GuardedBy("lock")
    private void evictMain() {
        int count = survey.mainCount;
        drain.weigh(survey.oldestMain, count, store.policy.isSizeWeighted());
        for (int i = 0; i < count; i++) {
            Segment segment = survey.oldestMain[i];
            if (segment != null) {
                retire(segment, Drain.Rule.KEEP_WORTHY);
            }
        }
    }

    @GuardedBy("lock")
    private void retire(@Nullable Segment segment, Drain.Rule rule) {
        if (segment == null) {
            return;
        }
        segment.become(Segment.State.DRAINING);
        if (segment.liveRecords() > 0) {
            drain.run(segment, rule);
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
