package io.larder.toolbox;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A call that a breaker let pass. Whoever makes it says once how it ended; later words count for nothing. Thread-safe. */
public final class Passage {
    private final KeyCircuit circuit;
    private final KeyCircuit.Entry entry;
    private final long begunNanos;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    Passage(KeyCircuit circuit, KeyCircuit.Entry entry, long begunNanos) {
        this.circuit = circuit;
        this.entry = entry;
        this.begunNanos = begunNanos;
    }

    /** The call has ended, with this exception or, if null, well. Never waits for a store, and raises nothing. */
    public void ended(@Nullable Throwable raised) {
        if (isEnded.compareAndSet(false, true)) {
            circuit.circuits.ended(circuit, entry, begunNanos, raised);
        }
    }
}
