package io.larder.bench;

import java.util.Arrays;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * When items expire by the clock of the trace, which runs thousands of times faster than the servers' clocks.
 *
 * <p>The replay deletes an item as soon as the trace's clock reaches its deadline. Items are numbered by the caller; a deadline of
 * 0 stands for none. Confined to one thread.
 */
final class ReplayExpiry {
    private static final int[] NONE = {};

    private final int[] deadlines; // by item, in seconds of the trace
    private final TreeMap<Integer, Bucket> buckets = new TreeMap<>();

    /** Items with one deadline; some may have got another one since, so the reader compares. */
    private static final class Bucket {
        int[] items = new int[16];
        int count;

        void add(int item) {
            if (count == items.length) {
                items = Arrays.copyOf(items, count * 2);
            }
            items[count++] = item;
        }
    }

    /**
     * @param items how many there are, 4 bytes each; 0 if nothing in the trace expires, all calls are then without effect
     */
    ReplayExpiry(int items) {
        deadlines = items == 0 ? NONE : new int[items];
    }

    /** The item was stored at that second, to live so long; 0 for ever. */
    void stored(int item, int nowSeconds, int ttlSeconds) {
        if (deadlines.length == 0) {
            return;
        }
        deadlines[item] = ttlSeconds == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE, (long) nowSeconds + ttlSeconds);
        if (ttlSeconds > 0) {
            buckets.computeIfAbsent(deadlines[item], deadline -> new Bucket()).add(item);
        }
    }

    void forget(int item) {
        if (deadlines.length > 0) {
            deadlines[item] = 0;
        }
    }

    /** Whether it is past its deadline and was not forgotten; an item is dead in the second of its deadline. */
    boolean isDue(int item, int nowSeconds) {
        return deadlines.length > 0 && deadlines[item] != 0 && deadlines[item] <= nowSeconds;
    }

    /** Hands over all items that are due, and keeps them due until they are forgotten. Each is handed over once. */
    void sweep(int nowSeconds, IntConsumer due) {
        while (!buckets.isEmpty() && buckets.firstKey() <= nowSeconds) {
            int deadline = buckets.firstKey();
            Bucket bucket = buckets.remove(deadline);
            for (int i = 0; bucket != null && i < bucket.count; i++) {
                if (deadlines[bucket.items[i]] == deadline) {
                    due.accept(bucket.items[i]);
                }
            }
        }
    }
}
