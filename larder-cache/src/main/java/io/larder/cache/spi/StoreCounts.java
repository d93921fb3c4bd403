package io.larder.cache.spi;

/**
 * What a store has counted since it was opened.
 *
 * @param entries held about now
 * @param evictions of entries that left to make room
 * @param expirations of entries that were dropped after their TTL
 */
public record StoreCounts(long entries, long evictions, long expirations) {}
