package io.larder.test;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call begun on a node of a {@link VirtualCluster}. For the cluster's threads. */
public final class VirtualCall<T extends @Nullable Object> {
    private final Turns turns;
    private boolean ended;
    private @Nullable Object value; // a T
    private @Nullable Throwable failure;

    Turns.@Nullable Task task; // set once it is begun

    VirtualCall(Turns turns) {
        this.turns = turns;
    }

    /**
     * Interrupts its thread, as {@link Thread#interrupt} does: a wait for another caller's load or for the store ends, a loader finds
     * the flag of its thread set when it goes on. Nothing happens if the call has ended.
     */
    public void interrupt() {
        if (task != null) {
            turns.interrupt(task);
        }
    }

    void returned(T result) {
        value = result;
        ended = true;
    }

    void raised(Throwable cause) {
        failure = cause;
        ended = true;
    }

    /** Whether it has returned or failed. A call whose node crashed never does. */
    public boolean hasEnded() {
        return ended;
    }

    /** What it raised; {@code null} if it returned, or has not ended. */
    public @Nullable Throwable failure() {
        return failure;
    }

    /**
     * What it returned.
     *
     * @throws IllegalStateException if it has not ended: run the cluster first
     * @throws AssertionError if it failed; what it raised is the cause
     */
    @SuppressWarnings({"unchecked", "NullAway"}) // a T once it has returned
    public T result() {
        if (!ended) {
            throw new IllegalStateException("the call has not ended, or its node has crashed; cluster.run() first");
        }
        if (failure != null) {
            throw new AssertionError("the call raised " + failure, Objects.requireNonNull(failure));
        }
        return (T) value;
    }
}
