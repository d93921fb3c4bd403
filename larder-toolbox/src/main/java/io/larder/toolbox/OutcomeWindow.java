package io.larder.toolbox;

import java.nio.ByteBuffer;

/** How the last calls ended, as far back as a policy looks. Belongs to whoever holds the lock of its circuit. */
abstract sealed class OutcomeWindow permits LastCalls, LastSteps {
    static OutcomeWindow of(BreakerPolicy.Window window) {
        return window.calls() > 0 ? new LastCalls(window.calls()) : new LastSteps(window.time());
    }

    /** A call has ended. */
    abstract void add(long nowMillis, boolean failed, boolean slow);

    /** Adds all of another window of the same kind, as what came after. */
    abstract void addAll(OutcomeWindow other);

    /** Forgets what is too old by now. */
    abstract void advance(long nowMillis);

    abstract int calls();

    abstract int failed();

    abstract int slow();

    abstract void clear();

    /** How many bytes it is written as. */
    abstract int byteCount();

    abstract void write(ByteBuffer out);

    /** Takes over what was written; whatever the bytes, it can go on after. */
    abstract void read(ByteBuffer in);
}
