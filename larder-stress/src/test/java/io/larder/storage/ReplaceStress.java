package io.larder.storage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One key is replaced while it is read: the reader sees one version or the other, whole, and afterwards the new one is there. */
@JCStressTest
@Outcome(id = "1, 2, 2", expect = Expect.ACCEPTABLE, desc = "the old version, whole")
@Outcome(id = "2, 2, 2", expect = Expect.ACCEPTABLE, desc = "the new version, whole")
@Outcome(id = "1, 2, 0", expect = Expect.ACCEPTABLE, desc = "the old one, then evicted by the states beside it")
@Outcome(id = "2, 2, 0", expect = Expect.ACCEPTABLE, desc = "the new one, then evicted by the states beside it")
@Outcome(id = "0, 2, .*", expect = Expect.ACCEPTABLE, desc = "evicted by the states beside it")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn, foreign, or lost")
@State
public class ReplaceStress {
    private static final SharedStore STORE = new SharedStore(8 << 20);

    private final int key = STORE.nextKey();

    /** Begins with the first version in place. */
    public ReplaceStress() {
        STORE.set(key, 1, 300);
    }

    /** Replaces it by a longer one. */
    @Actor
    public void writer(III_Result result) {
        STORE.set(key, 2, 420);
        result.r2 = 2;
    }

    /** Reads it meanwhile. */
    @Actor
    public void reader(III_Result result) {
        result.r1 = STORE.read(key);
    }

    /** Reads it afterwards. */
    @Arbiter
    public void after(III_Result result) {
        result.r3 = STORE.read(key);
    }
}
