package io.larder.storage;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two threads count up one key: none is lost, and each sees a result of its own. */
@JCStressTest
@Outcome(
        id = {"1, 2, 2", "2, 1, 2"},
        expect = Expect.ACCEPTABLE,
        desc = "one after the other")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost or counted twice")
@State
public class CountStress {
    private static final SharedStore STORE = new SharedStore(8 << 20);
    private static final ByteBuffer ZERO = ByteBuffer.wrap("0".getBytes(StandardCharsets.US_ASCII));

    private final int key = STORE.nextKey();

    /** Begins with 0. */
    public CountStress() {
        STORE.session().store(StoreMode.SET, SharedStore.key(key), ZERO.duplicate(), 0, 0);
    }

    /** Counts. */
    @Actor
    public void one(III_Result result) {
        result.r1 = count(1);
    }

    /** Counts. */
    @Actor
    public void other(III_Result result) {
        result.r2 = count(1);
    }

    /** Reads the counter. */
    @Arbiter
    public void after(III_Result result) {
        result.r3 = count(0);
    }

    private int count(long delta) {
        ItemStore.Session session = STORE.session();
        return session.increment(SharedStore.key(key), delta) == io.larder.storage.Outcome.STORED
                ? (int) session.counter()
                : SharedStore.MISSING;
    }
}
