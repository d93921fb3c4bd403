package io.larder.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * A writer appends twice while the segment is sealed: who finds it sealed and without writers sees every record that was taken,
 * complete, and nobody gets room afterwards.
 */
@JCStressTest
@Outcome(
        id = {"-1, -1, 0", "0, -1, 1", "0, 8, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "every record taken is complete")
@Outcome(
        id = {"0, -1, -1", "0, 8, -1"},
        expect = Expect.ACCEPTABLE,
        desc = "the writer was still at work")
@Outcome(expect = Expect.FORBIDDEN, desc = "a record is missing or not complete")
@State
public class SealStress {
    private static final int BYTES = 8;
    private static final int WRITERS = -1;
    private static final ByteBuffer[] MEMORY = new ByteBuffer[1 << 12];
    private static int next;

    static {
        for (int i = 0; i < MEMORY.length; i++) {
            MEMORY[i] = ByteBuffer.allocateDirect(2 * BYTES).order(ByteOrder.LITTLE_ENDIAN);
        }
    }

    private final Segment segment = new Segment(1);

    /** Begins with an open segment that has room for two records. */
    public SealStress() {
        segment.memory = memory();
        segment.memory.putLong(0, 0).putLong(BYTES, 0);
        segment.open(0, 0, 0, 1, 0);
    }

    /** Used again by states far apart only. */
    private static synchronized ByteBuffer memory() {
        next++;
        return MEMORY[next & (MEMORY.length - 1)].duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Appends two records. */
    @Actor
    public void writer(III_Result result) {
        result.r1 = append();
        result.r2 = append();
    }

    /** Seals, and counts the records if nobody writes. */
    @Actor
    public void sealer(III_Result result) {
        segment.seal();
        if (segment.hasWriters()) {
            result.r3 = WRITERS;
            return;
        }
        int complete = 0;
        for (int at = 0; at < segment.writtenBytes(); at += BYTES) {
            complete += segment.memory.getInt(at) == 1 && segment.memory.getInt(at + Integer.BYTES) == 1 ? 1 : 0;
        }
        result.r3 = complete;
    }

    /** Answers the offset, or -1 without room. */
    private int append() {
        long taken = segment.take(BYTES, BYTES);
        if (taken < 0) {
            return -1;
        }
        int at = (int) (taken >>> Integer.SIZE);
        segment.memory.putInt(at, 1);
        segment.memory.putInt(at + Integer.BYTES, 1);
        segment.writerDone();
        return at;
    }
}
