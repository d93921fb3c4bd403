package io.larder.toolbox;

/**
 * What a process has counted for one key in one term and not told the store yet; no more than a window holds. Belongs to whoever holds
 * the lock of the circuit, and then to the thread that tells.
 */
final class Unsent {
    private final OutcomeWindow window;
    private int well; // probes
    private int wellSlow;
    private int failed;
    private int failedSlow;
    private int lost;

    Unsent(BreakerPolicy policy) {
        this.window = OutcomeWindow.of(policy.window());
    }

    void add(long now, KeyCircuit.Outcome outcome, boolean slow) {
        if (outcome != KeyCircuit.Outcome.IGNORED) {
            window.add(now, outcome == KeyCircuit.Outcome.FAILED, slow);
        }
    }

    void addProbe(KeyCircuit.Outcome outcome, boolean slow) {
        switch (outcome) {
            case IGNORED -> lost++;
            case WELL -> {
                well += slow ? 0 : 1;
                wellSlow += slow ? 1 : 0;
            }
            case FAILED -> {
                failed += slow ? 0 : 1;
                failedSlow += slow ? 1 : 0;
            }
        }
    }

    void addAll(Unsent later) {
        window.addAll(later.window);
        well += later.well;
        wellSlow += later.wellSlow;
        failed += later.failed;
        failedSlow += later.failedSlow;
        lost += later.lost;
    }

    boolean hasProbes() {
        return well + wellSlow + failed + failedSlow + lost > 0;
    }

    /** Whether there is news that others would miss: successes alone are not worth a cell for each key of a flood. */
    boolean hasFailures() {
        return window.failed() + window.slow() > 0 || hasProbes();
    }

    void clear() {
        window.clear();
        well = 0;
        wellSlow = 0;
        failed = 0;
        failedSlow = 0;
        lost = 0;
    }

    /** Adds the calls to another window; false if there were none. Stays as it is. */
    boolean addTo(OutcomeWindow other) {
        other.addAll(window);
        return window.calls() > 0;
    }

    /** Tells a circuit that is probing of the probes, bad news first; false if there were none. Stays as it is. */
    boolean probesTo(Circuit circuit, long now) {
        circuit.probesLost(lost);
        probesTo(circuit, now, failedSlow, true, true);
        probesTo(circuit, now, failed, true, false);
        probesTo(circuit, now, wellSlow, false, true);
        probesTo(circuit, now, well, false, false);
        return hasProbes();
    }

    private static void probesTo(Circuit circuit, long now, int count, boolean hasFailed, boolean slow) {
        for (int i = 0; i < count && circuit.state() == CircuitBreaker.State.PROBING; i++) {
            circuit.probed(now, hasFailed, slow);
        }
    }
}
