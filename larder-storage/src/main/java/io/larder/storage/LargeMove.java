package io.larder.storage;

/**
 * Copies a large item part by part without its stripe, then repoints its slot if the item is still there. Confined to the
 * reclaimer.
 *
 * <p>Between two parts the reclaimer's lock may pass to another thread. The parts that are read, in whatever segments they lie,
 * stay what they are even if the item goes meanwhile: nothing is retired before the drain that this belongs to is done.
 */
final class LargeMove {
    private final SegmentStore store;
    private final Worker worker;
    private boolean underWay;

    /** Of the item when it began. */
    private long location;

    private int written;

    LargeMove(SegmentStore store, Worker worker) {
        this.store = store;
        this.worker = worker;
    }

    boolean isUnderWay() {
        return underWay;
    }

    /** Begins to move the worker's item. */
    void start() {
        location = worker.item.location();
        worker.next.keepAll(worker.item);
        worker.next.sameValue(worker.item);
        written = 0;
        underWay = true;
    }

    /** Copies one more part; with the last one, or without room for more, the move is over. */
    void goOn(Drain.Rule rule) {
        int bytes = worker.writePart(written, true);
        if (bytes < 0) {
            end(false, rule);
            return;
        }
        worker.counters.add(Counters.Kind.COPIED_BYTES, bytes);
        written += bytes;
        if (written == worker.next.valueBytes) {
            end(true, rule);
        }
    }

    private void end(boolean complete, Drain.Rule rule) {
        underWay = false;
        // from a part the probe knows the hash only, but the record needs the key
        worker.probe.load(worker.item.segment.memory, worker.item.keyAt, worker.item.keyBytes);
        worker.lock();
        try {
            if (store.index.findLocation(worker.probe, location)) {
                worker.item.load(location);
                worker.next.keepAll(worker.item); // it may have been touched meanwhile
                if (complete && !worker.isDead(worker.item) && worker.takeRoomForVersion(true)) {
                    worker.publish(true, rule.usesLeft(Slot.uses(store.index.current(worker.probe))));
                } else {
                    worker.evict();
                }
            }
        } finally {
            worker.unlock();
        }
        worker.endParts();
    }
}
