package io.larder.storage;

import java.util.Arrays;

/**
 * A model of the store's eviction for a sample of the keys: hashes and sizes, no items. Confined to the {@link Tuner}.
 *
 * <p>Small and main queue, ghosts, and reclaiming in batches work as in {@link Reclaimer}, item by item instead of by segment.
 */
final class MiniCache {
    /** Heap for each node: hash, size, links, state, and two cells of the table. */
    static final int NODE_BYTES = 8 + 4 + 4 + 4 + 1 + 1 + 8;

    private static final int NONE = -1;
    private static final byte SMALL = 0;
    private static final byte MAIN = 1;
    private static final byte GHOST = 2;
    private static final byte FREE = 3;
    private static final int QUEUES = 3;
    private static final int BATCH_SHARE = 64;
    private static final int BATCH_ITEMS_MIN = 8;
    private static final int BATCH_ITEMS_MAX = 256;

    private final double smallShare;
    private final boolean sizeWeighted;
    private final int usesToPromote;
    private final int[] table;
    private final long[] hashes;
    private final int[] sizes;
    private final int[] newer;
    private final int[] older;
    private final byte[] uses;
    private final byte[] queueOf;
    private final int[] newest = new int[QUEUES];
    private final int[] oldest = new int[QUEUES];
    private final long[] bytes = new long[QUEUES];
    private final int[] batch = new int[BATCH_ITEMS_MAX];
    private final Survivors survivors = new Survivors();
    private int firstFree;
    private int residents;
    private long capacity;

    /** @param nodes residents and ghosts it can remember, a power of two */
    MiniCache(int nodes, double smallShare, boolean sizeWeighted, int usesToPromote) {
        this.smallShare = smallShare;
        this.sizeWeighted = sizeWeighted;
        this.usesToPromote = usesToPromote;
        table = new int[2 * nodes];
        hashes = new long[nodes];
        sizes = new int[nodes];
        newer = new int[nodes];
        older = new int[nodes];
        uses = new byte[nodes];
        queueOf = new byte[nodes];
        clear(0);
    }

    void clear(long capacityBytes) {
        capacity = capacityBytes;
        Arrays.fill(table, NONE);
        Arrays.fill(queueOf, FREE);
        Arrays.fill(newest, NONE);
        Arrays.fill(oldest, NONE);
        Arrays.fill(bytes, 0);
        residents = 0;
        firstFree = 0;
        for (int i = 0; i < older.length; i++) {
            older[i] = i + 1 < older.length ? i + 1 : NONE;
        }
    }

    int residents() {
        return residents;
    }

    /** Whether it has more to remember than it can: the sample is too dense. */
    boolean isFull() {
        return residents > hashes.length / 2;
    }

    /** A read that the store answers, or a store after a read that it did not; whether this cache would have had it. */
    boolean look(long hash, int size) {
        int node = find(hash);
        if (node != NONE && queueOf[node] != GHOST) {
            uses[node] = (byte) Math.min(Slot.USES_MAX, uses[node] + 1);
            return true;
        }
        insert(node, hash, size);
        return false;
    }

    void overwrite(long hash, int size) {
        int node = find(hash);
        if (node == NONE || queueOf[node] == GHOST) {
            insert(node, hash, size);
            return;
        }
        byte queue = queueOf[node];
        int before = uses[node];
        unlink(node);
        sizes[node] = size;
        uses[node] = (byte) Math.min(Slot.USES_MAX, before + 1);
        link(node, queue);
        makeRoom();
    }

    void delete(long hash) {
        int node = find(hash);
        if (node != NONE) {
            free(node);
        }
    }

    private void insert(int ghost, long hash, int size) {
        if (ghost != NONE) {
            free(ghost);
        }
        if (size > capacity / 4) {
            return;
        }
        int node = allocate();
        if (node == NONE) {
            return;
        }
        hashes[node] = hash;
        sizes[node] = size;
        uses[node] = 0;
        addToTable(node);
        link(node, ghost == NONE ? SMALL : MAIN);
        makeRoom();
    }

    private void makeRoom() {
        while (bytes[SMALL] + bytes[MAIN] > capacity) {
            int first = oldest[SMALL];
            if (first != NONE && (bytes[SMALL] > smallShare * capacity || oldest[MAIN] == NONE)) {
                unlink(first);
                if (uses[first] >= usesToPromote) {
                    uses[first] = 0;
                    link(first, MAIN);
                } else {
                    link(first, GHOST);
                }
            } else {
                evictMain();
            }
        }
        while (bytes[GHOST] > capacity) {
            free(oldest[GHOST]);
        }
    }

    private void evictMain() {
        int count = 0;
        long sum = 0;
        survivors.begin(sizeWeighted);
        for (int node = oldest[MAIN]; node != NONE && count < BATCH_ITEMS_MAX; node = newer[node]) {
            if (count >= BATCH_ITEMS_MIN && sum > capacity / BATCH_SHARE) {
                break;
            }
            survivors.weigh(uses[node], sizes[node], sizes[node]);
            sum += sizes[node];
            batch[count++] = node;
        }
        survivors.decide(sum - sum / 4 - 1);
        for (int i = 0; i < count; i++) {
            int node = batch[i];
            if (survivors.stays(uses[node], sizes[node])) {
                unlink(node);
                uses[node] = (byte) Math.max(0, uses[node] - 1);
                link(node, MAIN);
            } else {
                free(node);
            }
        }
    }

    private int allocate() {
        while (firstFree == NONE && oldest[GHOST] != NONE) {
            free(oldest[GHOST]);
        }
        int node = firstFree;
        if (node != NONE) {
            firstFree = older[node];
        }
        return node;
    }

    private void free(int node) {
        unlink(node);
        removeFromTable(node);
        queueOf[node] = FREE;
        older[node] = firstFree;
        firstFree = node;
    }

    private void link(int node, byte queue) {
        queueOf[node] = queue;
        older[node] = newest[queue];
        newer[node] = NONE;
        if (newest[queue] == NONE) {
            oldest[queue] = node;
        } else {
            newer[newest[queue]] = node;
        }
        newest[queue] = node;
        bytes[queue] += sizes[node];
        residents += queue == GHOST ? 0 : 1;
    }

    private void unlink(int node) {
        byte queue = queueOf[node];
        if (newer[node] == NONE) {
            newest[queue] = older[node];
        } else {
            older[newer[node]] = older[node];
        }
        if (older[node] == NONE) {
            oldest[queue] = newer[node];
        } else {
            newer[older[node]] = newer[node];
        }
        bytes[queue] -= sizes[node];
        residents -= queue == GHOST ? 0 : 1;
    }

    private int home(long hash) {
        return (int) ((hash * 0x9e3779b97f4a7c15L) >>> 33) & (table.length - 1);
    }

    private int find(long hash) {
        for (int at = home(hash); table[at] != NONE; at = (at + 1) & (table.length - 1)) {
            if (hashes[table[at]] == hash) {
                return table[at];
            }
        }
        return NONE;
    }

    private void addToTable(int node) {
        int at = home(hashes[node]);
        while (table[at] != NONE) {
            at = (at + 1) & (table.length - 1);
        }
        table[at] = node;
    }

    /** Closes the gap behind it, so that every node stays reachable from its home (D. Knuth, TAOCP 3, 6.4, algorithm R). */
    private void removeFromTable(int node) {
        int mask = table.length - 1;
        int gap = home(hashes[node]);
        while (table[gap] != node) {
            gap = (gap + 1) & mask;
        }
        for (int at = (gap + 1) & mask; table[at] != NONE; at = (at + 1) & mask) {
            int distance = (at - home(hashes[table[at]])) & mask;
            if (distance >= ((at - gap) & mask)) {
                table[gap] = table[at];
                gap = at;
            }
        }
        table[gap] = NONE;
    }
}
