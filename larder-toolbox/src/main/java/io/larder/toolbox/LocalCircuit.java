package io.larder.toolbox;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import org.jspecify.annotations.Nullable;

/** One key of a breaker that knows this process alone. Thread-safe. */
final class LocalCircuit extends KeyCircuit {
    @GuardedBy("lock")
    private final Circuit circuit;

    LocalCircuit(Circuits circuits, String key) {
        super(circuits, key);
        this.circuit = new Circuit(circuits.policy());
    }

    @Override
    @Nullable
    Entry enter() {
        lock.lock();
        try {
            if (circuit.state() == CircuitBreaker.State.CLOSED) {
                return new Entry(circuit.term(), false);
            }
            return circuit.tryProbe(circuits.nowMillis()) ? new Entry(circuit.term(), true) : null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    void ended(Entry entry, Outcome outcome, boolean slow) {
        lock.lock();
        try {
            if (entry.term() == circuit.term() && circuit.ended(circuits.nowMillis(), entry, outcome, slow)) {
                circuits.opened();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    @GuardedBy("lock")
    Circuit view() {
        return circuit;
    }

    @Override
    void leave() {}
}
