package io.larder.storage;

/**
 * Where a store's memory goes.
 *
 * @param segmentBytes size of one segment
 * @param segments held now, free ones included
 * @param segmentsFree of these, empty
 * @param indexBytes of the index
 * @param oldestSeconds since the oldest segment in use was opened: about the age of the item that is next to prove its worth
 */
public record StoreMemory(int segmentBytes, int segments, int segmentsFree, long indexBytes, long oldestSeconds) {
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
        long indexBytes = store.ledger.used() - (long) held * store.segments.costBytes();
        return new StoreMemory(
                store.segments.segmentBytes(),
                held,
                free,
                Math.max(0, indexBytes),
                Math.max(0, store.clock.seconds() - oldest));
    }
}
