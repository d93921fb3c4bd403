package io.larder.storage;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZI_Result;

/** Two threads compare with the same token: one of them stores, and its value stays. */
@JCStressTest
@Outcome(id = "true, false, 2", expect = Expect.ACCEPTABLE, desc = "the first won")
@Outcome(id = "false, true, 3", expect = Expect.ACCEPTABLE, desc = "the second won")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, none, or another value")
@State
public class CasStress {
    private static final SharedStore STORE = new SharedStore(8 << 20);

    private final int key = STORE.nextKey();
    private final long token;

    /** Begins with an item and its token. */
    public CasStress() {
        STORE.set(key, 1, 60);
        token = STORE.session().token();
    }

    /** Compares and stores 2. */
    @Actor
    public void one(ZZI_Result result) {
        result.r1 = compareAndStore(2);
    }

    /** Compares and stores 3. */
    @Actor
    public void other(ZZI_Result result) {
        result.r2 = compareAndStore(3);
    }

    /** Reads who won. */
    @Arbiter
    public void after(ZZI_Result result) {
        result.r3 = STORE.read(key);
    }

    private boolean compareAndStore(int version) {
        return STORE.session().compareAndStore(SharedStore.key(key), SharedStore.value(key, version, 60), 0, 0, token)
                == io.larder.storage.Outcome.STORED;
    }
}
