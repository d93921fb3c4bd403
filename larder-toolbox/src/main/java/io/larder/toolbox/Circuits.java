package io.larder.toolbox;

import io.larder.cache.spi.Cells;
import io.larder.cache.spi.Host;
import io.larder.toolbox.CircuitBreaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The circuits of one breaker in this process, one for each key it has met, and what they count together. Thread-safe.
 *
 * <p>Where keys come from outside, there may be any number: beyond the bound of the policy one goes for each that comes. Second chance
 * (the clock algorithm): of those longest there, the first that was not used since the last look; those that are not closed only when
 * many in a row are not.
 */
final class Circuits {
    private static final int LOOKS_MAX = 64;
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration KEPT = Duration.ofHours(1); // a closed one that looks back on calls, without any
    private static final Duration MARGIN = Duration.ofSeconds(10); // reports come late

    private final Host host;
    private final String template;
    private final BreakerPolicy policy;
    private final @Nullable Cells cells;
    private final ConcurrentMap<String, KeyCircuit> byKey = new ConcurrentHashMap<>();
    private final Queue<KeyCircuit> oldestFirst = new ConcurrentLinkedQueue<>(); // the same circuits
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder slow = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder opened = new LongAdder();
    private final LongAdder forgotten = new LongAdder();
    private final LongAdder storeFailures = new LongAdder();
    private volatile boolean isDown; // the store did not answer when it was asked last
    private volatile long downNanos; // when that was; written before it

    /**
     * No circuits yet.
     *
     * @param cells of the store, if all processes are to have them in common
     */
    Circuits(Host host, String template, BreakerPolicy policy, @Nullable Cells cells) {
        this.host = host;
        this.template = template;
        this.policy = policy;
        this.cells = cells;
    }

    BreakerPolicy policy() {
        return policy;
    }

    long nanos() {
        return host.ticker().nanos();
    }

    /** By the time of day where other processes are to agree, otherwise by a clock nobody sets. */
    long nowMillis() {
        return cells == null
                ? TimeUnit.NANOSECONDS.toMillis(host.ticker().nanos())
                : host.clock().instant().toEpochMilli();
    }

    /** How long a process keeps to itself what it counts: a second, or a step of the window if that is shorter. */
    long intervalNanos() {
        Duration time = policy.window().time();
        return time.isZero()
                ? INTERVAL_NANOS
                : Math.min(INTERVAL_NANOS, time.dividedBy(LastSteps.STEPS).toNanos());
    }

    /** How long a cell is kept that nobody writes: as long as it says something. */
    Duration ttl(State state) {
        if (state != State.CLOSED) {
            return policy.openFor().multipliedBy(2).plus(MARGIN);
        }
        Duration time = policy.window().time();
        return time.isZero() ? KEPT : time.plus(MARGIN);
    }

    boolean tryRun(Runnable task) {
        return host.tryRun(task);
    }

    void opened() {
        opened.increment();
    }

    void storeFailed() {
        storeFailures.increment();
        downNanos = nanos();
        isDown = true;
    }

    void storeAnswered() {
        isDown = false;
    }

    /** Whether it did not answer just now, so that callers need not wait to find out. */
    boolean isStoreDown() {
        return isDown && nanos() - downNanos < intervalNanos();
    }

    /** Lets a call pass, or null. */
    @Nullable
    Passage enter(String key) {
        KeyCircuit circuit = byKey.get(key);
        if (circuit == null) {
            circuit = begun(key);
        }
        circuit.used();
        KeyCircuit.Entry entry = circuit.enter();
        if (entry == null) {
            refused.increment();
            return null;
        }
        return new Passage(circuit, entry, nanos());
    }

    private KeyCircuit begun(String key) {
        KeyCircuit fresh = cells == null ? new LocalCircuit(this, key) : new SharedCircuit(this, key, cells);
        KeyCircuit there = byKey.putIfAbsent(key, fresh);
        if (there != null) {
            return there;
        }
        if (byKey.size() > policy.keysMax()) {
            makeRoom();
        }
        oldestFirst.add(fresh); // after that, so that it does not make room for itself
        return fresh;
    }

    private void makeRoom() {
        List<KeyCircuit> seen = new ArrayList<>();
        KeyCircuit goes = null;
        while (goes == null && seen.size() < LOOKS_MAX) {
            KeyCircuit oldest = oldestFirst.poll();
            if (oldest == null) {
                break;
            }
            if (!oldest.wasUsed() && oldest.state() == State.CLOSED) {
                goes = oldest;
            } else {
                seen.add(oldest);
            }
        }
        if (goes == null && !seen.isEmpty()) {
            goes = seen.stream()
                    .filter(circuit -> circuit.state() == State.CLOSED)
                    .findFirst()
                    .orElse(seen.get(0));
            seen.remove(goes);
        }
        oldestFirst.addAll(seen);
        if (goes != null && byKey.remove(goes.key, goes)) {
            forgotten.increment();
            goes.leave();
        }
    }

    /** A call has ended that was let pass. */
    void ended(KeyCircuit circuit, KeyCircuit.Entry entry, long begunNanos, @Nullable Throwable raised) {
        KeyCircuit.Outcome outcome = outcome(raised);
        Duration slowAfter = policy.slow().after();
        boolean wasSlow = !slowAfter.isZero() && nanos() - begunNanos >= slowAfter.toNanos();
        switch (outcome) {
            case WELL -> succeeded.increment();
            case FAILED -> failed.increment();
            case IGNORED -> ignored.increment();
        }
        if (wasSlow && outcome != KeyCircuit.Outcome.IGNORED) {
            slow.increment();
        }
        circuit.ended(entry, outcome, wasSlow);
    }

    private KeyCircuit.Outcome outcome(@Nullable Throwable raised) {
        if (raised == null) {
            return KeyCircuit.Outcome.WELL;
        }
        BreakerPolicy.Failures failures = policy.failures();
        if (failures.ignores(raised)) {
            return KeyCircuit.Outcome.IGNORED;
        }
        return failures.isFailure(raised) ? KeyCircuit.Outcome.FAILED : KeyCircuit.Outcome.WELL;
    }

    /** When a call of this key makes sense again. */
    Duration retryAfter(String key) {
        KeyCircuit circuit = byKey.get(key);
        Duration after = circuit == null ? Duration.ZERO : circuit.status(key).retryAfter();
        return after.isZero() ? Duration.ofMillis(1) : after; // somebody was faster
    }

    /** By the store where it answers, otherwise as this process knows it. Changes nothing. */
    State state(String key) {
        KeyCircuit circuit = byKey.get(key);
        State known = circuit == null ? State.CLOSED : circuit.state();
        if (cells == null) {
            return known;
        }
        try {
            var cell = cells.find(key);
            Circuit stored = cell == null ? null : Circuit.of(policy, cell.bytes());
            return stored == null ? known : stored.state();
        } catch (RuntimeException e) {
            return known;
        }
    }

    List<BreakerStatus> statuses(int max) {
        return byKey.values().stream()
                .map(circuit -> circuit.status(shown(circuit.key)))
                .sorted(Comparator.comparing((BreakerStatus status) -> status.state() == State.CLOSED)
                        .thenComparing(BreakerStatus::key))
                .limit(max)
                .toList();
    }

    private String shown(String key) {
        return cells == null
                ? key
                : key.substring(0, key.length() - policy.suffix().length());
    }

    BreakerStats stats() {
        long[] states = new long[State.values().length];
        long keys = 0;
        for (KeyCircuit circuit : byKey.values()) {
            keys++;
            states[circuit.state().code()]++;
        }
        return new BreakerStats(
                template,
                policy.isShared(),
                keys,
                states[State.OPEN.code()],
                states[State.PROBING.code()],
                succeeded.sum(),
                failed.sum(),
                slow.sum(),
                ignored.sum(),
                refused.sum(),
                opened.sum(),
                forgotten.sum(),
                storeFailures.sum(),
                isDown);
    }
}
