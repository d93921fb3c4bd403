package io.larder.storage;

/**
 * Where a store's memory goes, and what its eviction goes by.
 *
 * @param segmentBytes size of one segment
 * @param segments held now, free ones included
 * @param segmentsFree of these, empty
 * @param indexBytes of the index and of what is remembered of evicted items
 * @param tunerBytes of the caches in miniature that choose the policy
 * @param smallShare share of the segments that new items may take before they must prove themselves, as chosen last
 * @param ranksBySize whether an item's rank is its uses by its size, or its uses alone
 * @param oldestSeconds since the oldest segment in use was opened: about the age of the item that is next to prove its worth
 */
public record StoreMemory(
        int segmentBytes,
        int segments,
        int segmentsFree,
        long indexBytes,
        long tunerBytes,
        double smallShare,
        boolean ranksBySize,
        long oldestSeconds) {
    static StoreMemory of(SegmentStore store) {
        int held = 0;
        int free = 0;
        long oldest = store.clock.seconds();
        for (Segment segment : store.segments.all()) {
            switch (segment.state()) {
                case ABSENT -> {}
                case FREE -> {
                    held++;
                    free++;
                }
                case OPEN, SEALED -> {
                    held++;
                    oldest = segment.liveRecords() > 0 ? Math.min(oldest, segment.baseSeconds) : oldest;
                }
                case DRAINING, RETIRED -> held++;
            }
        }
        long tunerBytes = store.tuner.bytes();
        long indexBytes = store.ledger.used() - tunerBytes - (long) held * store.segments.costBytes();
        return new StoreMemory(
                store.segments.segmentBytes(),
                held,
                free,
                Math.max(0, indexBytes),
                tunerBytes,
                store.policy.smallShare(),
                store.policy.isSizeWeighted(),
                Math.max(0, store.clock.seconds() - oldest));
    }
}
