package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a call found is not used again before the call ends. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "found, and still what it was")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not linked any more")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "used again under the reader")
@State
public class EpochStress {
    private static final VarHandle LINK;
    private static final VarHandle CONTENT;

    static {
        try {
            LINK = MethodHandles.lookup().findVarHandle(EpochStress.class, "link", int.class);
            CONTENT = MethodHandles.lookup().findVarHandle(EpochStress.class, "content", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Epochs epochs = new Epochs();
    private final Guard guard = epochs.open();

    /** As weak as the accesses to slots and values are. */
    @SuppressWarnings("UnusedVariable") // read through its handle
    private int link = 1;

    @SuppressWarnings("UnusedVariable") // read through its handle
    private int content = 1;

    /** A call that looks up and reads. */
    @Actor
    public void reader(I_Result result) {
        guard.enter();
        result.r1 = (int) LINK.getAcquire(this) == 0 ? 0 : (int) CONTENT.get(this);
        guard.leave();
    }

    /** Unlinks, and uses the memory again if nobody can be reading it. */
    @Actor
    public void reclaimer() {
        LINK.setRelease(this, 0);
        if (epochs.passed(epochs.advance())) {
            CONTENT.set(this, 2);
        }
    }
}
