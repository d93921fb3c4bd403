package io.larder.cache.spi;

/**
 * What a store has counted since it was opened.
 *
 * @param entries held about now
 * @param evictions of entries that left to make room
 * @param expirations of entries that were dropped after their TTL
 * @param bytes the entries take about now, for a store bounded by bytes; otherwise 0
 */
public record StoreCounts(long entries, long evictions, long expirations, long bytes) {
    /** Of a store that does not count bytes. */
    public StoreCounts(long entries, long evictions, long expirations) {
        this(entries, evictions, expirations, 0);
    }
}
