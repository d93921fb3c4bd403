package io.larder.storage;

import java.nio.ByteBuffer;

/**
 * Goes over the chunks of the index, not over the segments: slots move between segments all the time, but never between chunks.
 *
 * <p>A slice is a number of buckets, looked at under an epoch. A chunk that grows meanwhile begins again.
 */
final class SegmentWalk implements ItemWalk {
    private final SegmentStore store;
    private final Guard guard;
    private final ItemView item;
    private final ByteBuffer key = ByteBuffer.allocate(ItemStore.KEY_BYTES_MAX);
    private int chunk;
    private int slot;
    private int slots;

    SegmentWalk(SegmentStore store) {
        this.store = store;
        guard = store.epochs.open();
        item = new ItemView(store.segments);
    }

    @Override
    public boolean next(int itemsMax, Visitor visitor) {
        guard.enter();
        try {
            item.now = store.clock.seconds();
            int shown = 0;
            while (chunk < store.index.chunks() && shown < itemsMax) {
                shown += look(visitor, itemsMax - shown);
            }
            return chunk < store.index.chunks();
        } finally {
            guard.leave();
        }
    }

    /** Shows items of one chunk, as long as its table stays the same. */
    private int look(Visitor visitor, int itemsMax) {
        long[][] table = store.index.table(chunk);
        int size = table.length * Blocks.BLOCK_SLOTS;
        if (size != slots) {
            slots = size;
            slot = 0;
        }
        int shown = 0;
        while (slot < slots && shown < itemsMax) {
            long found = Index.slot(table, slot++);
            if (found != Slot.EMPTY) {
                shown += show(found, visitor) ? 1 : 0;
            }
        }
        if (slot == slots) {
            chunk++;
            slots = 0;
        }
        return shown;
    }

    private boolean show(long found, Visitor visitor) {
        item.load(Slot.location(found));
        if (StoreClock.isOver(item.deadline, item.now) || store.flushed.covers(item.segment)) {
            return false;
        }
        key.clear().limit(item.keyBytes);
        key.put(0, item.segment.memory, item.keyAt, item.keyBytes);
        visitor.visit(key, item);
        return true;
    }

    @Override
    public void close() {
        store.epochs.close(guard);
    }
}
