package io.larder.storage;

/**
 * Counters of a store.
 *
 * @param items held now, expired ones not yet reclaimed included
 * @param itemsTotal stored since the start
 * @param bytes used by items now, overhead included
 * @param bytesMax the bound
 * @param evictions items removed to make room while still alive
 * @param evictedUnfetched of these, never read
 * @param evictedMortal of these, those that would have expired some time
 * @param evictedIdleSeconds since the item evicted last had been used; 0 where none was
 * @param reclaimed items removed because their TTL had passed
 * @param expiredUnfetched of these, never read
 * @param foundExpired times that a key was asked for whose item had expired and was still there
 * @param foundFlushed times that a key was asked for whose item had been flushed and was still there
 * @param copiedBytes moved from one segment to another while segments were emptied
 */
public record StoreStats(
        long items,
        long itemsTotal,
        long bytes,
        long bytesMax,
        long evictions,
        long evictedUnfetched,
        long evictedMortal,
        long evictedIdleSeconds,
        long reclaimed,
        long expiredUnfetched,
        long foundExpired,
        long foundFlushed,
        long copiedBytes) {
    /** Of a store that does not hold anything and has counted nothing. */
    public static final StoreStats NONE = new StoreStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** The same, but counting only what came after {@code earlier}. */
    public StoreStats since(StoreStats earlier) {
        return new StoreStats(
                items,
                itemsTotal - earlier.itemsTotal,
                bytes,
                bytesMax,
                evictions - earlier.evictions,
                evictedUnfetched - earlier.evictedUnfetched,
                evictedMortal - earlier.evictedMortal,
                evictedIdleSeconds,
                reclaimed - earlier.reclaimed,
                expiredUnfetched - earlier.expiredUnfetched,
                foundExpired - earlier.foundExpired,
                foundFlushed - earlier.foundFlushed,
                copiedBytes - earlier.copiedBytes);
    }
}
