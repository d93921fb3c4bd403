package io.larder.server;

import io.larder.storage.StoreMemory;
import io.larder.storage.StoreStats;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answers to {@code stats items} and {@code stats slabs}: there are no slab classes here, so all items are told of as one
 * class, whose chunks are as large as an item is on average. Items, bytes and pages are exact; tools that multiply chunks by
 * their size come to what is true.
 */
final class ClassStats {
    private static final String ITEMS = "items:1:";
    private static final String SLABS = "1:";

    private ClassStats() {}

    static Map<String, Object> items(Map<Counter, Long> counts, StoreStats items, StoreMemory memory, Crawler crawler) {
        Map<String, Object> stats = new LinkedHashMap<>();
        if (items.items() == 0) {
            return stats; // as memcached, which leaves empty classes out
        }
        stats.put(ITEMS + "number", items.items());
        stats.put(ITEMS + "age", memory.oldestSeconds());
        stats.put(ITEMS + "mem_requested", items.bytes());
        stats.put(ITEMS + "evicted", items.evictions());
        stats.put(ITEMS + "evicted_nonzero", items.evictedMortal());
        stats.put(ITEMS + "evicted_time", items.evictedIdleSeconds());
        stats.put(ITEMS + "outofmemory", counts.get(Counter.STORE_NO_MEMORY));
        stats.put(ITEMS + "tailrepairs", 0); // there is no tail that could need repair
        stats.put(ITEMS + "reclaimed", items.reclaimed());
        stats.put(ITEMS + "expired_unfetched", items.expiredUnfetched());
        stats.put(ITEMS + "evicted_unfetched", items.evictedUnfetched());
        stats.put(ITEMS + "crawler_reclaimed", 0); // walks take nothing away
        stats.put(ITEMS + "crawler_items_checked", crawler.itemsChecked());
        return stats;
    }

    static Map<String, Object> slabs(Map<Counter, Long> counts, StoreStats items, StoreMemory memory) {
        Map<String, Object> stats = new LinkedHashMap<>();
        long pageBytes = (long) memory.segments() * memory.segmentBytes();
        if (items.items() > 0) {
            long chunk = Math.max(1, (items.bytes() + items.items() - 1) / items.items());
            long total = Math.max(items.items(), pageBytes / chunk);
            stats.put(SLABS + "chunk_size", chunk);
            stats.put(SLABS + "chunks_per_page", Math.max(1, memory.segmentBytes() / chunk));
            stats.put(SLABS + "total_pages", memory.segments());
            stats.put(SLABS + "total_chunks", total);
            stats.put(SLABS + "used_chunks", items.items());
            stats.put(SLABS + "free_chunks", total - items.items());
            stats.put(SLABS + "free_chunks_end", 0);
            stats.put(SLABS + "get_hits", counts.get(Counter.GET_HITS));
            stats.put(SLABS + "cmd_set", counts.get(Counter.CMD_SET));
            stats.put(SLABS + "delete_hits", counts.get(Counter.DELETE_HITS));
            stats.put(SLABS + "incr_hits", counts.get(Counter.INCR_HITS));
            stats.put(SLABS + "decr_hits", counts.get(Counter.DECR_HITS));
            stats.put(SLABS + "cas_hits", counts.get(Counter.CAS_HITS));
            stats.put(SLABS + "cas_badval", counts.get(Counter.CAS_BADVAL));
            stats.put(SLABS + "touch_hits", counts.get(Counter.TOUCH_HITS));
        }
        stats.put("active_slabs", items.items() > 0 ? 1 : 0);
        stats.put("total_malloced", pageBytes);
        return stats;
    }
}
