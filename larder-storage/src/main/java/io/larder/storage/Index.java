package io.larder.storage;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;

/**
 * From key to location: a fixed number of chunks, each a small hash table that grows by itself.
 *
 * <pre>
 *  chunk = low bits of the hash ──> table: blocks of 16 buckets ──> bucket: 8 slots, one cache line
 *  a key's slot is in one of two buckets, both computed from the slot's tag
 * </pre>
 *
 * <p>The slots lie outside the heap, where neither growing nor shrinking makes work for the collector ({@link Blocks}).
 *
 * <p>Buckets of two choices after M. Mitzenmacher, "The power of two choices" (1996), with one step of displacement as in
 * cuckoo hashing (R. Pagh, F. Rodler, 2001). Because the tag alone places a slot, a chunk grows by an eighth without reading
 * a single key, so it stays about 83 % full, and no growth touches more than one chunk.
 *
 * <p>Thread rule: finding takes no lock but needs an epoch ({@link Guard}); everything that changes slots needs the chunk's
 * stripe ({@link Stripes}), except the use counters, which readers raise by compare-and-set and may lose. A slot that moves
 * to its other bucket is written there first; a reader that found nothing looks again if a move happened meanwhile.
 */
final class Index {
    static final int BUCKET_SLOTS = 8;
    private static final int BLOCK_BUCKETS = Blocks.BLOCK_SLOTS / BUCKET_SLOTS;
    private static final int BLOCK_FILL_MAX = Blocks.BLOCK_SLOTS * 88 / 100;
    private static final int BLOCK_FILL_MIN = Blocks.BLOCK_SLOTS * 40 / 100;
    private static final int GROWTH_SHARE = 8;

    private static final VarHandle MOVES = MethodHandles.arrayElementVarHandle(int[].class);

    private final int mask;
    private final Segments segments;
    private final Blocks blocks;
    private final AtomicReferenceArray<int[]> tables;

    /** Slots moved within each chunk; see the class comment. */
    private final int[] moves;

    /** Slots in use in each chunk. Guarded by the stripe. */
    private final int[] used;

    Index(int chunks, Segments segments, Blocks blocks) {
        this.mask = chunks - 1;
        this.segments = segments;
        this.blocks = blocks;
        moves = new int[chunks];
        used = new int[chunks];
        tables = new AtomicReferenceArray<>(chunks);
        for (int i = 0; i < chunks; i++) {
            tables.set(i, blocks.take(1));
        }
    }

    int chunk(Probe probe) {
        return (int) probe.hash & mask;
    }

    int chunks() {
        return mask + 1;
    }

    /** Finds the item with the probe's key; where and what the slot was is left in the probe. */
    boolean find(Probe probe) {
        int chunk = chunk(probe);
        int tag = probe.tag();
        while (true) {
            int moved = (int) MOVES.getAcquire(moves, chunk);
            int[] table = tables.getAcquire(chunk);
            int first = firstBucket(tag, table.length);
            int second = secondBucket(tag, table.length);
            if (findInBucket(probe, tag, table, first) || findInBucket(probe, tag, table, second)) {
                return true;
            }
            VarHandle.acquireFence();
            if ((int) MOVES.getAcquire(moves, chunk) == moved) {
                return false;
            }
        }
    }

    private boolean findInBucket(Probe probe, int tag, int[] table, int bucket) {
        Slab slab = slab(table, bucket);
        int start = start(table, bucket);
        for (int at = start; at < start + BUCKET_SLOTS; at++) {
            if (Slot.tag(slab.get(at)) == tag && isKey(probe, tag, slab, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean isKey(Probe probe, int tag, Slab slab, int at) {
        long slot = slab.getAcquire(at);
        if (Slot.tag(slot) != tag || slot == Slot.EMPTY) {
            return false;
        }
        ByteBuffer memory = segments.at(Slot.segment(slot)).memory;
        if (!probe.matches(memory, Slot.offset(slot))) {
            return false;
        }
        probe.slab = slab;
        probe.at = at;
        probe.slot = slot;
        return true;
    }

    /** Finds the slot that points to a location, by hash only. Under the stripe. */
    boolean findLocation(Probe probe, long location) {
        int tag = probe.tag();
        int[] table = tables.get(chunk(probe));
        return findLocationIn(probe, location, table, firstBucket(tag, table.length))
                || findLocationIn(probe, location, table, secondBucket(tag, table.length));
    }

    private boolean findLocationIn(Probe probe, long location, int[] table, int bucket) {
        Slab slab = slab(table, bucket);
        int start = start(table, bucket);
        for (int at = start; at < start + BUCKET_SLOTS; at++) {
            long slot = slab.getAcquire(at);
            if (Slot.location(slot) == location) {
                probe.slab = slab;
                probe.at = at;
                probe.slot = slot;
                return true;
            }
        }
        return false;
    }

    /** The slots that may belong to the probe's hash, one after another: {@code n} from 0 to 15. Under the stripe. */
    long candidate(Probe probe, int n) {
        int tag = probe.tag();
        int[] table = tables.get(chunk(probe));
        int bucket = n < BUCKET_SLOTS ? firstBucket(tag, table.length) : secondBucket(tag, table.length);
        probe.slab = slab(table, bucket);
        probe.at = start(table, bucket) + n % BUCKET_SLOTS;
        probe.slot = probe.slab.getAcquire(probe.at);
        return Slot.tag(probe.slot) == tag ? probe.slot : Slot.EMPTY;
    }

    /** Counts a use of the slot found, unless it has seen enough; another thread's change wins. */
    void use(Probe probe) {
        long slot = probe.slot;
        if (Slot.uses(slot) < Slot.USES_MAX) {
            probe.slab.compareAndSet(probe.at, slot, Slot.used(slot));
        }
    }

    /** The slot found, as it is now: readers may have counted uses. Under the stripe. */
    long current(Probe probe) {
        return probe.slab.getAcquire(probe.at);
    }

    /** Points the slot found to another location. Under the stripe. */
    void replace(Probe probe, int uses, long location) {
        probe.slab.setRelease(probe.at, Slot.of(probe.tag(), uses, location));
    }

    /** Empties the slot found. Under the stripe. */
    void remove(Probe probe) {
        probe.slab.setRelease(probe.at, Slot.EMPTY);
        used[chunk(probe)]--;
    }

    /** Adds a key that is not there. Under the stripe. */
    void insert(Probe probe, int uses, long location) {
        int chunk = chunk(probe);
        long slot = Slot.of(probe.tag(), uses, location);
        if (used[chunk] >= tables.get(chunk).length * BLOCK_FILL_MAX) {
            resize(chunk, grown(tables.get(chunk).length));
        }
        while (!place(tables.get(chunk), slot, chunk)) {
            resize(chunk, grown(tables.get(chunk).length));
        }
        used[chunk]++;
    }

    /** Gives back blocks of a chunk that has become much too large, or lies where memory is to be given back. Under the stripe. */
    void trim(int chunk) {
        int size = tables.get(chunk).length;
        if (size > 1 && used[chunk] < size * BLOCK_FILL_MIN) {
            resize(chunk, Math.max(1, size * 5 / 8));
        } else if (blocks.isScattered(tables.get(chunk))) {
            resize(chunk, size);
        }
    }

    /** Writes the slots of every chunk; the store is at rest. */
    void saveTo(DataOutputStream out) throws IOException {
        for (int chunk = 0; chunk <= mask; chunk++) {
            out.writeInt(used[chunk]);
            for (int block : tables.get(chunk)) {
                Slab slab = blocks.slab(block);
                int start = blocks.start(block);
                for (int at = start; at < start + Blocks.BLOCK_SLOTS; at++) {
                    long slot = slab.get(at);
                    if (slot != Slot.EMPTY) {
                        out.writeLong(slot);
                    }
                }
            }
        }
    }

    /** Reads what {@link #saveTo} wrote into an empty index with as many chunks. */
    void loadFrom(DataInputStream in) throws IOException {
        for (int chunk = 0; chunk <= mask; chunk++) {
            int count = in.readInt();
            resize(chunk, count / BLOCK_FILL_MAX + 1);
            for (int i = 0; i < count; i++) {
                long slot = in.readLong();
                while (!place(tables.get(chunk), slot, chunk)) {
                    resize(chunk, grown(tables.get(chunk).length));
                }
            }
            used[chunk] = count;
        }
    }

    /** The tags in a chunk as they are now, in order, each once. Needs an epoch. */
    int[] tags(int chunk) {
        while (true) {
            int moved = (int) MOVES.getAcquire(moves, chunk);
            int[] table = tables.getAcquire(chunk);
            IntStream.Builder tags = IntStream.builder();
            for (int block : table) {
                Slab slab = blocks.slab(block);
                int start = blocks.start(block);
                for (int at = start; at < start + Blocks.BLOCK_SLOTS; at++) {
                    long slot = slab.getAcquire(at);
                    if (slot != Slot.EMPTY) {
                        tags.add(Slot.tag(slot));
                    }
                }
            }
            if (isUnmoved(chunk, moved, table)) {
                return tags.build().sorted().distinct().toArray();
            }
        }
    }

    /** Finds all slots of a chunk that have a tag, at most 16; answers how many. Needs an epoch. */
    int findTag(int chunk, int tag, long[] found) {
        while (true) {
            int moved = (int) MOVES.getAcquire(moves, chunk);
            int[] table = tables.getAcquire(chunk);
            int count = collect(table, firstBucket(tag, table.length), tag, found, 0);
            count = collect(table, secondBucket(tag, table.length), tag, found, count);
            if (isUnmoved(chunk, moved, table)) {
                return count;
            }
        }
    }

    private boolean isUnmoved(int chunk, int moved, int[] table) {
        VarHandle.acquireFence();
        return (int) MOVES.getAcquire(moves, chunk) == moved && tables.getAcquire(chunk) == table;
    }

    private int collect(int[] table, int bucket, int tag, long[] found, int count) {
        Slab slab = slab(table, bucket);
        int start = start(table, bucket);
        int more = count;
        for (int at = start; at < start + BUCKET_SLOTS; at++) {
            long slot = slab.getAcquire(at);
            if (Slot.tag(slot) == tag && slot != Slot.EMPTY && !holds(found, more, slot)) {
                found[more++] = slot;
            }
        }
        return more;
    }

    /** In both buckets while it moves, or because they are the same one. */
    private static boolean holds(long[] found, int count, long slot) {
        for (int i = 0; i < count; i++) {
            if (Slot.location(found[i]) == Slot.location(slot)) {
                return true;
            }
        }
        return false;
    }

    int slots(int chunk) {
        return tables.get(chunk).length * Blocks.BLOCK_SLOTS;
    }

    private Slab slab(int[] table, int bucket) {
        return blocks.slab(table[bucket / BLOCK_BUCKETS]);
    }

    /** Where in its slab a bucket begins, in slots. */
    private int start(int[] table, int bucket) {
        return blocks.start(table[bucket / BLOCK_BUCKETS]) + bucket % BLOCK_BUCKETS * BUCKET_SLOTS;
    }

    private static int grown(int size) {
        return size + Math.max(1, size / GROWTH_SHARE);
    }

    private void resize(int chunk, int size) {
        int[] old = tables.get(chunk);
        int next = size;
        int[] fresh = blocks.take(next);
        while (!refill(old, fresh, chunk)) {
            blocks.retire(fresh);
            next = grown(next);
            fresh = blocks.take(next);
        }
        tables.set(chunk, fresh);
        blocks.retire(old);
    }

    private boolean refill(int[] old, int[] fresh, int chunk) {
        for (int block : old) {
            Slab slab = blocks.slab(block);
            int start = blocks.start(block);
            for (int at = start; at < start + Blocks.BLOCK_SLOTS; at++) {
                long slot = slab.getAcquire(at);
                if (slot != Slot.EMPTY && !place(fresh, slot, chunk)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean place(int[] table, long slot, int chunk) {
        int tag = Slot.tag(slot);
        int first = firstBucket(tag, table.length);
        int second = secondBucket(tag, table.length);
        int firstFree = freeSlots(table, first);
        int secondFree = freeSlots(table, second);
        if (firstFree + secondFree == 0) {
            return displace(table, first, slot, chunk) || displace(table, second, slot, chunk);
        }
        put(table, firstFree >= secondFree ? first : second, slot);
        return true;
    }

    /** Moves one slot of a full bucket to its other bucket and takes its place. */
    private boolean displace(int[] table, int bucket, long slot, int chunk) {
        Slab slab = slab(table, bucket);
        int start = start(table, bucket);
        for (int at = start; at < start + BUCKET_SLOTS; at++) {
            long moved = slab.getAcquire(at);
            int tag = Slot.tag(moved);
            int first = firstBucket(tag, table.length);
            int other = first == bucket ? secondBucket(tag, table.length) : first;
            if (other != bucket && freeSlots(table, other) > 0) {
                put(table, other, moved);
                countMove(chunk); // who finds it in neither place looks again
                slab.setRelease(at, slot);
                countMove(chunk); // and so does who still found it here, and in the other place what replaced it since
                return true;
            }
        }
        return false;
    }

    private void countMove(int chunk) {
        MOVES.setRelease(moves, chunk, moves[chunk] + 1);
    }

    private int freeSlots(int[] table, int bucket) {
        Slab slab = slab(table, bucket);
        int start = start(table, bucket);
        int count = 0;
        for (int at = start; at < start + BUCKET_SLOTS; at++) {
            count += slab.get(at) == Slot.EMPTY ? 1 : 0;
        }
        return count;
    }

    private void put(int[] table, int bucket, long slot) {
        Slab slab = slab(table, bucket);
        int at = start(table, bucket);
        while (slab.get(at) != Slot.EMPTY) {
            at++;
        }
        slab.setRelease(at, slot);
    }

    /** Spreads the tag's range over the buckets, any number of them. */
    static int firstBucket(int tag, int size) {
        return (int) (((long) tag * size * BLOCK_BUCKETS) >>> Slot.TAG_BITS);
    }

    static int secondBucket(int tag, int size) {
        return firstBucket((tag * 0x9e3779b1) >>> (Integer.SIZE - Slot.TAG_BITS), size);
    }
}
