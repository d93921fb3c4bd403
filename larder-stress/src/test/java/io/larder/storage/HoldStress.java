package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** What a call has handed out is not used again before the next call, though the call has ended: its segment is named. */
@JCStressTest
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "handed out, and still what it was")
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not linked any more")
@Outcome(id = "2", expect = Expect.FORBIDDEN, desc = "used again in the reader's hand")
@State
public class HoldStress {
    private static final int SEGMENT = 7;
    private static final VarHandle LINK;
    private static final VarHandle CONTENT;

    static {
        try {
            LINK = MethodHandles.lookup().findVarHandle(HoldStress.class, "link", int.class);
            CONTENT = MethodHandles.lookup().findVarHandle(HoldStress.class, "content", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Epochs epochs = new Epochs();
    private final Guard guard = epochs.open();

    @SuppressWarnings("UnusedVariable") // read through its handle
    private int link = 1;

    @SuppressWarnings("UnusedVariable") // read through its handle
    private int content = 1;

    /** A call that hands out, after which the value is read. */
    @Actor
    public void reader(I_Result result) {
        guard.enter();
        if ((int) LINK.getAcquire(this) == 0) {
            guard.leave();
            return;
        }
        guard.hold(0, SEGMENT + 1);
        guard.leaveHolding(1, SEGMENT);
        result.r1 = (int) CONTENT.get(this);
        guard.leave();
    }

    /** Unlinks, and uses the segment again if nobody can be reading it. */
    @Actor
    public void reclaimer() {
        LINK.setRelease(this, 0);
        if (epochs.passed(epochs.advance(), SEGMENT)) {
            CONTENT.set(this, 2);
        }
    }
}
