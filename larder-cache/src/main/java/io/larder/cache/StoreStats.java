package io.larder.cache;

/**
 * What a store in this process tells of itself; of {@code tiered:}, the copies.
 *
 * @param route the prefix of the keys it keeps; empty for all others
 * @param store what it is
 * @param entries how many it holds about now, versions of tags included
 * @param evictions entries that left to make room, since it was opened
 * @param expirations entries that were dropped after their TTL, since it was opened
 * @param bytes the entries take about now, for {@code mem:?max=}; otherwise 0
 */
public record StoreStats(String route, String store, long entries, long evictions, long expirations, long bytes) {}
