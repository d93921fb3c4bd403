package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/**
 * Whether the index behaves as if its calls came one after another, where that is hardest: in two full buckets, where a new
 * key pushes an old one over into the bucket that readers look into first, or makes the chunk grow.
 */
class IndexLincheckTest {
    /** Growth goes over every slot of the chunk: that is no endless loop. */
    private static final int LOOPS_MAX = 10_000;

    /** A look-up for a slot while it moves against the direction in which readers look, at every point; then calls at random. */
    @Test
    void calls_interleaved_areLinearizable() throws NoSuchMethodException {
        Actor find = new Actor(Calls.class.getMethod("find", int.class), List.of(Keys.PUSHED));
        Actor insert = new Actor(Calls.class.getMethod("insert", int.class), List.of(1));
        new ModelCheckingOptions()
                .addCustomScenario(
                        new ExecutionScenario(List.of(), List.of(List.of(find), List.of(insert)), List.of(), null))
                .iterations(2)
                .invocationsPerIteration(80)
                .loopBound(LOOPS_MAX)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(1)
                .sequentialSpecification(Model.class)
                .check(Calls.class);
    }

    /** On the machine's own memory order. */
    @Test
    void calls_inParallel_areLinearizable() {
        new StressOptions()
                .iterations(5)
                .invocationsPerIteration(100)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(3)
                .sequentialSpecification(Model.class)
                .check(Calls.class);
    }

    /** What the calls mean. */
    public static class Model {
        private final Map<Integer, Integer> places = new HashMap<>();

        public Model() {
            places.put(Keys.PUSHED, 0);
            places.put(Keys.REMOVABLE, 0);
        }

        public int find(int key) {
            return places.getOrDefault(key, -1);
        }

        public boolean insert(int key) {
            return places.putIfAbsent(key, 0) == null;
        }

        public boolean move(int key, int place) {
            return places.replace(key, place) != null;
        }

        public boolean remove(int key) {
            return places.remove(key) != null;
        }
    }

    /** The calls as writers and readers of a store make them: under a stripe, or in an epoch. */
    @Param(name = "key", gen = IntGen.class, conf = "0:3")
    @Param(name = "place", gen = IntGen.class, conf = "0:3")
    public static class Calls {
        private final Epochs epochs = new Epochs();
        private final Ledger ledger = new Ledger(1 << 20);
        private final Index index = new Index(1, Keys.SEGMENTS, new BlocksOnHeap(ledger, epochs));
        private final Stripes stripes = new Stripes(1);

        public Calls() {
            for (int key : Keys.AT_FIRST) {
                index.insert(Keys.probe(key), 0, Keys.location(key, 0));
            }
            Probe gap = Keys.probe(Keys.GAP);
            index.find(gap);
            index.remove(gap);
        }

        /** Answers at which of its places the key is, or -1. */
        @Operation
        public int find(@Param(name = "key") int key) {
            Guard guard = epochs.open();
            Probe probe = Keys.probe(key);
            guard.enter();
            try {
                return index.find(probe) ? Keys.place(probe.slot) : -1;
            } finally {
                guard.leave();
                epochs.close(guard);
            }
        }

        @Operation
        public boolean insert(@Param(name = "key") int key) {
            Probe probe = Keys.probe(key);
            stripes.lock(0);
            try {
                if (index.find(probe)) {
                    return false;
                }
                index.insert(probe, 0, Keys.location(key, 0));
                return true;
            } finally {
                stripes.unlock(0);
            }
        }

        @Operation
        public boolean move(@Param(name = "key") int key, @Param(name = "place") int place) {
            Probe probe = Keys.probe(key);
            stripes.lock(0);
            try {
                boolean found = index.find(probe);
                if (found) {
                    index.replace(probe, 1, Keys.location(key, place));
                }
                return found;
            } finally {
                stripes.unlock(0);
            }
        }

        @Operation
        public boolean remove(@Param(name = "key") int key) {
            Probe probe = Keys.probe(key);
            stripes.lock(0);
            try {
                boolean found = index.find(probe);
                if (found) {
                    index.remove(probe);
                }
                return found;
            } finally {
                stripes.unlock(0);
            }
        }
    }

    /** With slots where Lincheck sees who reads and writes them. */
    private static final class BlocksOnHeap extends Blocks {
        BlocksOnHeap(Ledger ledger, Epochs epochs) {
            super(new DirectMemory(4096, ledger), ledger, epochs);
        }

        @Override
        Slab slab(ByteBuffer piece, int blocks) {
            return new SlabOnHeap(piece, blocks);
        }
    }

    private static final class SlabOnHeap extends Slab {
        private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(long[].class);
        private final long[] slots = new long[512];

        SlabOnHeap(ByteBuffer piece, int blocks) {
            super(piece, blocks);
        }

        @Override
        long get(int at) {
            return slots[at];
        }

        @Override
        long getAcquire(int at) {
            return (long) SLOTS.getAcquire(slots, at);
        }

        @Override
        void setRelease(int at, long slot) {
            SLOTS.setRelease(slots, at, slot);
        }

        @Override
        boolean compareAndSet(int at, long seen, long slot) {
            return SLOTS.compareAndSet(slots, at, seen, slot);
        }

        @Override
        void clear(int from) {
            Arrays.fill(slots, from, from + Blocks.BLOCK_SLOTS, Slot.EMPTY);
        }
    }

    /**
     * Keys with chosen buckets, each with its records written at four places.
     *
     * <pre>
     *  bucket 9: keys 3 to 10, of which 4 is then removed
     *  bucket 0: key 0, which belongs into 9 or 0 and found 9 full, and keys 11 to 17
     *  bucket 1: keys 18 to 25
     *  keys 1 and 2 belong into 0 or 1: whichever comes first pushes key 0 over to 9
     * </pre>
     */
    private static final class Keys {
        static final int PUSHED = 0;
        static final int REMOVABLE = 3;
        static final int GAP = 4;
        static final int[] AT_FIRST = {
            3, 4, 5, 6, 7, 8, 9, 10, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25
        };

        private static final int ALL = 26;
        private static final int PLACES = 4;
        private static final int RECORD_BYTES = 16;
        private static final int[] TAGS = new int[ALL];
        private static final Segment SEGMENT;

        static final Segments SEGMENTS = new Segments(4096, new Ledger(1 << 20), new Memory());

        static {
            Segment taken = SEGMENTS.take(true);
            if (taken == null) {
                throw new IllegalStateException("a ledger of 1 MiB has room for a segment");
            }
            SEGMENT = taken;
            int tag = 0;
            for (int key = 0; key < ALL; key++) {
                int first = key >= 18 ? 1 : key >= 11 || key == 1 || key == 2 ? 0 : 9;
                int second = key == PUSHED ? 0 : key == 1 || key == 2 ? 1 : first;
                do {
                    tag = (tag + 0x9e3779b1) & ((1 << Slot.TAG_BITS) - 1);
                } while (Index.firstBucket(tag, 1) != first || Index.secondBucket(tag, 1) != second);
                TAGS[key] = tag;
                for (int place = 0; place < PLACES; place++) {
                    write(SEGMENT.memory, Slot.offset(location(key, place)), key);
                }
            }
        }

        private Keys() {}

        /** A class with a name: Lincheck cannot look into what a lambda has captured, and says so. */
        private static final class Memory implements SegmentMemory {
            @Override
            public ByteBuffer of(int segment) {
                return ByteBuffer.allocateDirect(4096).order(ByteOrder.LITTLE_ENDIAN);
            }

            @Override
            public void giveBack(ByteBuffer memory) {}
        }

        private static void write(ByteBuffer memory, int at, int key) {
            memory.putInt(at, 1);
            memory.put(at + ItemLayout.HEADER_BYTES, (byte) key);
        }

        static Probe probe(int key) {
            Probe probe = new Probe(0);
            probe.keyBytes = 1;
            probe.key[0] = (byte) key;
            probe.hash = (long) TAGS[key] << (Long.SIZE - Slot.TAG_BITS);
            return probe;
        }

        static long location(int key, int place) {
            return Slot.location(SEGMENT.id, (key * PLACES + place) * RECORD_BYTES);
        }

        static int place(long slot) {
            return Slot.offset(slot) / RECORD_BYTES % PLACES;
        }
    }
}
