package io.larder.storage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A value in many parts is copied piece by piece, as to a slow connection, while it is replaced and its memory is wanted by
 * others: it stays what it was.
 */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "the old version, whole")
@Outcome(id = "2", expect = Expect.ACCEPTABLE, desc = "the new version, whole")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "evicted before it was read")
@Outcome(expect = Expect.FORBIDDEN, desc = "torn or foreign")
@State
public class SendingStress {
    private static final SharedStore STORE = new SharedStore(4 << 20);
    private static final int BYTES = 9_000;

    private final int key = STORE.nextKey();

    /** Begins with the first version in place. */
    public SendingStress() {
        STORE.set(key, 1, BYTES);
    }

    /** Copies it in steps. */
    @Actor
    public void sender(I_Result result) {
        result.r1 = STORE.readSlowly(key, 4);
    }

    /** Replaces it, and wants its memory. */
    @Actor
    public void writer() {
        STORE.set(key, 2, BYTES + 500);
        STORE.churn(8, 2_000);
    }
}
