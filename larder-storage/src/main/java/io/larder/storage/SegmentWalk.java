package io.larder.storage;

import java.nio.ByteBuffer;

/**
 * Goes over the chunks of the index, not over the segments: items move between segments all the time, but never between chunks.
 *
 * <p>Within a chunk slots move as well, when it grows or a bucket is full. So the tags of a chunk are written down first, and
 * then looked up one after another, each like a key: whatever moves meanwhile, an item is met under its tag, and only there.
 */
final class SegmentWalk implements ItemWalk {
    private static final int[] NONE = {};

    /** Dead records, and tags that are gone, cost a look as well. */
    private static final int LOOKS_PER_ITEM = 4;

    /** How many slots are written down for the price of a look. */
    private static final int SLOTS_PER_LOOK = 64;

    private final SegmentStore store;
    private final Guard guard;
    private final ItemView item;
    private final long[] slots = new long[2 * Index.BUCKET_SLOTS];
    private final ByteBuffer key = ByteBuffer.allocate(ItemStore.KEY_BYTES_MAX);

    /** Chunks begun so far. */
    private int chunks;

    private int[] tags = NONE;
    private int tagsSeen;

    SegmentWalk(SegmentStore store) {
        this.store = store;
        guard = store.epochs.open();
        item = new ItemView(store.segments);
    }

    @Override
    public boolean next(int itemsMax, Visitor visitor) {
        guard.enter();
        try {
            store.flushed.arrive(store.log);
            item.now = store.clock.seconds();
            long looks = (long) LOOKS_PER_ITEM * itemsMax;
            int shown = 0;
            while (looks > 0 && shown < itemsMax && hasMore()) {
                if (tagsSeen == tags.length) {
                    looks -= beginChunk();
                } else {
                    shown += show(tags[tagsSeen++], visitor);
                    looks--;
                }
            }
            return hasMore();
        } finally {
            guard.leave();
        }
    }

    private boolean hasMore() {
        return tagsSeen < tags.length || chunks < store.index.chunks();
    }

    private int beginChunk() {
        int chunk = chunks++;
        tags = store.index.tags(chunk);
        tagsSeen = 0;
        return 1 + store.index.slots(chunk) / SLOTS_PER_LOOK;
    }

    private int show(int tag, Visitor visitor) {
        int count = store.index.findTag(chunks - 1, tag, slots);
        int shown = 0;
        for (int i = 0; i < count; i++) {
            shown += show(Slot.location(slots[i]), visitor) ? 1 : 0;
        }
        return shown;
    }

    private boolean show(long location, Visitor visitor) {
        item.load(location);
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
