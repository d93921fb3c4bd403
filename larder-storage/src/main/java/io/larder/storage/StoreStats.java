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
 * @param reclaimed items removed because their TTL had passed
 * @param expiredUnfetched of these, never read
 */
public record StoreStats(
        long items,
        long itemsTotal,
        long bytes,
        long bytesMax,
        long evictions,
        long evictedUnfetched,
        long reclaimed,
        long expiredUnfetched) {

    StoreStats plus(StoreStats other) {
        return new StoreStats(
                items + other.items,
                itemsTotal + other.itemsTotal,
                bytes + other.bytes,
                bytesMax + other.bytesMax,
                evictions + other.evictions,
                evictedUnfetched + other.evictedUnfetched,
                reclaimed + other.reclaimed,
                expiredUnfetched + other.expiredUnfetched);
    }
}
