package io.larder.storage;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/**
 * A chunk of the index grows, or pushes a slot over to its other bucket, while keys are looked up: who is there is found, who is
 * not is not, and the use that a reader counts meanwhile harms nothing.
 */
@JCStressTest
@Outcome(id = "true, false, true", expect = Expect.ACCEPTABLE, desc = "found what is there and nothing else")
@Outcome(expect = Expect.FORBIDDEN, desc = "a key was lost or made up")
@State
public class IndexGrowthStress {
    /** As many as make a chunk of one block grow with the next. */
    private static final int FILLED = Blocks.BLOCK_SLOTS * 88 / 100;

    private static final int KEYS = 2 * Blocks.BLOCK_SLOTS;
    private static final int RECORD_BYTES = ItemLayout.HEADER_BYTES + Integer.BYTES;
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Ledger LEDGER = new Ledger(1 << 20);
    private static final DirectMemory MEMORY = new DirectMemory(KEYS * RECORD_BYTES, LEDGER);
    private static final Segments SEGMENTS = new Segments(KEYS * RECORD_BYTES, LEDGER, MEMORY);
    private static final int SEGMENT = write();

    private final Epochs epochs = new Epochs();
    private final Guard reader = epochs.open();
    private final Guard writer = epochs.open();
    private final Index index = new Index(1, SEGMENTS, new Blocks(MEMORY, LEDGER, epochs));
    private final int known = Math.floorMod(NEXT.incrementAndGet(), FILLED - 2);

    /** Begins with a chunk that is full but for one or two slots. */
    public IndexGrowthStress() {
        for (int key = 0; key < FILLED - 1; key++) {
            index.insert(probe(key), 0, location(key));
        }
    }

    /** Adds three keys: the second or third makes it grow. */
    @Actor
    public void writer() {
        for (int key = FILLED; key < FILLED + 3; key++) {
            writer.enter();
            index.insert(probe(key), 0, location(key));
            writer.leave();
        }
    }

    /** Looks for one key that is there and one that never was. */
    @Actor
    public void reader(ZZZ_Result result) {
        reader.enter();
        Probe probe = probe(known);
        result.r1 = index.find(probe) && Slot.location(probe.slot) == location(known);
        index.use(probe);
        result.r2 = index.find(probe(KEYS - 1));
        reader.leave();
    }

    /** All are there. */
    @Arbiter
    public void after(ZZZ_Result result) {
        boolean all = true;
        for (int key = 0; key < FILLED + 3; key++) {
            all &= key == FILLED - 1 || index.find(probe(key));
        }
        result.r3 = all;
    }

    private static int write() {
        Segment segment = SEGMENTS.take(true);
        if (segment == null) {
            throw new IllegalStateException("a ledger of 1 MiB has room for a segment");
        }
        for (int key = 0; key < KEYS; key++) {
            int at = key * RECORD_BYTES;
            segment.memory.putInt(at, Integer.BYTES);
            probe(key).copyTo(segment.memory, at + ItemLayout.HEADER_BYTES);
        }
        return segment.id;
    }

    private static Probe probe(int key) {
        Probe probe = new Probe(1);
        probe.load(SharedStore.key(key));
        return probe;
    }

    private static long location(int key) {
        return Slot.location(SEGMENT, key * RECORD_BYTES);
    }
}
