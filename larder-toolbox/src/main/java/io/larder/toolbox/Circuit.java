package io.larder.toolbox;

import io.larder.toolbox.CircuitBreaker.State;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All a breaker knows of one key, and how that changes. Belongs to one thread, or to whoever holds the lock beside it; knows no clock.
 *
 * <pre>
 *                 rates too high                       openFor is over, a call comes
 *   CLOSED ───────────────────────────► OPEN ─────────────────────────────────────────► PROBING
 *      ▲                                  ▲ ◄───────── rates of the probes too high ────────┤
 *      └──────────────────────────────────│──────────── all probes ended, rates are good ◄──┘
 *
 *   as bytes:  0 state   1 term   9 until, ms   17 granted   21 ended   25 failed   29 slow   33 window
 * </pre>
 */
final class Circuit {
    private static final int WINDOW_AT = 33;
    private static final double EXACT = 1e-9; // 0.07 * 100 is above 7

    private final BreakerPolicy policy;
    private final OutcomeWindow window;
    private State state = State.CLOSED;
    private long term; // counts the changes of the state: what began in another term tells nothing about this one
    private long untilMillis;
    private int granted; // of the probes
    private int ended;
    private int failed;
    private int slow;

    /** A new one, closed. */
    Circuit(BreakerPolicy policy) {
        this.policy = policy;
        this.window = OutcomeWindow.of(policy.window());
    }

    State state() {
        return state;
    }

    long term() {
        return term;
    }

    OutcomeWindow window() {
        return window;
    }

    /** Whether nothing has happened yet. */
    boolean isNew() {
        return term == 0 && window.calls() == 0;
    }

    /** Terms are as high as the time in ms, so that one that goes on without the store cannot mistake another's term for its own. */
    private void enter(State next, long now, long until) {
        state = next;
        term = Math.max(term + 1, now);
        untilMillis = until;
        granted = 0;
        ended = 0;
        failed = 0;
        slow = 0;
        window.clear();
    }

    /** How long it refuses calls yet, in ms; another process's clock may be ahead, but not by more than it stays open. */
    long leftMillis(long now) {
        return Math.max(0, Math.min(untilMillis - now, policy.openFor().toMillis()));
    }

    /** Whether a probe could pass now. */
    boolean mayProbe(long now) {
        return leftMillis(now) == 0 || (state == State.PROBING && granted < policy.probes());
    }

    /** Lets a probe pass, if there may be one more. Where the probes of a round do not come back in time, another begins. */
    boolean tryProbe(long now) {
        if (!mayProbe(now)) {
            return false;
        }
        if (leftMillis(now) == 0) {
            enter(State.PROBING, now, now + policy.openFor().toMillis());
        }
        granted++;
        return true;
    }

    /** Probes have told nothing: others may go. */
    void probesLost(int count) {
        granted = Math.max(0, granted - count);
    }

    /** A probe has ended. */
    void probed(long now, boolean hasFailed, boolean wasSlow) {
        ended++;
        failed += hasFailed ? 1 : 0;
        slow += wasSlow ? 1 : 0;
        if (isTooMuch(policy.probes(), failed, slow)) {
            open(now);
        } else if (ended >= policy.probes()) {
            enter(State.CLOSED, now, 0);
        }
    }

    /** Whether calls that ended while it was closed are enough to open it. */
    boolean isTripped() {
        return state == State.CLOSED
                && window.calls() >= policy.callsMin()
                && isTooMuch(window.calls(), window.failed(), window.slow());
    }

    void open(long now) {
        enter(State.OPEN, now, now + policy.openFor().toMillis());
    }

    private boolean isTooMuch(int calls, int failures, int slowOnes) {
        boolean fails = failures > 0 && failures >= policy.failureRate() * calls - EXACT;
        return fails || (slowOnes > 0 && slowOnes >= policy.slow().rate() * calls - EXACT);
    }

    /** What a call of this term told when it ended; whether it has opened the circuit. */
    boolean ended(long now, KeyCircuit.Entry entry, KeyCircuit.Outcome outcome, boolean wasSlow) {
        boolean hasFailed = outcome == KeyCircuit.Outcome.FAILED;
        if (outcome == KeyCircuit.Outcome.IGNORED) {
            probesLost(entry.isProbe() ? 1 : 0);
            return false;
        }
        if (entry.isProbe()) {
            probed(now, hasFailed, wasSlow);
            return state == State.OPEN;
        }
        window.add(now, hasFailed, wasSlow);
        boolean opens = isTripped();
        if (opens) {
            open(now);
        }
        return opens;
    }

    /** When calls make sense again; zero if they do now. */
    Duration retryAfter(long now) {
        boolean passes = state == State.CLOSED || mayProbe(now);
        return passes ? Duration.ZERO : Duration.ofMillis(Math.max(1, leftMillis(now)));
    }

    Circuit copy() {
        return Objects.requireNonNull(of(policy, bytes()));
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(WINDOW_AT + window.byteCount());
        out.put((byte) state.code()).putLong(term).putLong(untilMillis);
        out.putInt(granted).putInt(ended).putInt(failed).putInt(slow);
        window.write(out);
        return out.array();
    }

    /** What was written, or null if the bytes are none of a circuit of this policy. */
    static @Nullable Circuit of(BreakerPolicy policy, byte[] bytes) {
        Circuit circuit = new Circuit(policy);
        State state = bytes.length == 0 ? null : State.of(bytes[0]);
        if (state == null || bytes.length != WINDOW_AT + circuit.window.byteCount()) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
        circuit.state = state;
        circuit.term = in.getLong();
        circuit.untilMillis = in.getLong();
        circuit.granted = Math.max(0, in.getInt());
        circuit.ended = Math.max(0, in.getInt());
        circuit.failed = Math.max(0, in.getInt());
        circuit.slow = Math.max(0, in.getInt());
        circuit.window.read(in);
        return circuit;
    }
}
