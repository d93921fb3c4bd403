package io.larder.storage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Segments are drained and used again while a reader reads what lay in them: an item is whole and its own, or not there. */
@JCStressTest
@Outcome(
        id = {"1, 1", "1, 0", "0, 0"},
        expect = Expect.ACCEPTABLE,
        desc = "whole, or evicted")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, foreign, or back again")
@State
public class ReuseStress {
    private static final SharedStore STORE = new SharedStore(1 << 20);

    private final int key = STORE.nextKey();

    /** Begins with the item in place. */
    public ReuseStress() {
        STORE.set(key, 1, 200);
    }

    /** Reads it at once, then slowly. */
    @Actor
    public void reader(II_Result result) {
        result.r1 = STORE.read(key);
        result.r2 = STORE.readSlowly(key, 3);
    }

    /** Fills segments, which drains others. */
    @Actor
    public void writer() {
        STORE.churn(16, 250);
    }
}
