package io.larder.cache;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers gets of a cached function: has {@link Looks} look and decide, and acts.
 *
 * <p>A value that can be seen in the process is served at once. For everything else the callers of a key form a
 * {@link Flight}: one of them asks the store and the loader in its own thread, the others wait for it. No lock and no bin
 * of a map is held while a loader runs. Thread-safe.
 *
 * <pre>
 *   get ── glance ──┬─ act ── serve, or raise; perhaps with a refresh ({@link Refreshes})
 *                   └─ fly ──┬─ join   wait for the flight of another ({@link Joining})
 *                            └─ lead   look ──┬─ another process loads: pause, look again
 *                                             ├─ act as leader ── land
 *                                             └─ load ({@link Loads}, {@link Gathering})
 * </pre>
 */
final class Reads<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Counters counters;
    private final Tally tally;
    private final Loads<K, V> loads;
    private final Refreshes<K, V> refreshes;
    private final Looks<K, V> looks;
    private final Joining<V> joining;
    private final Tagging<K> tags;
    private final Policy policy;
    private final StoreRule<K, V> rule;
    private final long servedLifeMillisMax;
    private final Failures failures;
    private final @Nullable InUse<K> inUse;
    private final @Nullable Gathering<K, V> gathering;
    private final Surroundings around;

    Reads(
            Definition<V> shared,
            Loads<K, V> loads,
            BulkLoads<K, V> bulkLoads,
            Refreshes<K, V> refreshes,
            Looks<K, V> looks,
            Definitions.Plan<K, V> plan,
            @Nullable InUse<K> inUse,
            Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.counters = shared.counters();
        this.tally = shared.tally();
        this.loads = loads;
        this.refreshes = refreshes;
        this.looks = looks;
        this.tags = plan.tags();
        this.policy = plan.policy();
        this.joining = new Joining<>(shared, looks, policy, around);
        this.rule = plan.rule();
        this.servedLifeMillisMax = Decision.servedLifeMillisMax(policy);
        this.failures = new Failures(policy.negatives());
        this.inUse = inUse;
        this.gathering = Gathering.of(shared, plan.bulk(), bulkLoads, around.waiting());
        this.around = around;
    }

    V get(String key, K argument) throws Exception {
        List<String> markers = tags.markers(argument);
        asked(key, argument);
        Lookup<V> seen = shelf.glance(key, markers);
        if (seen instanceof Lookup.Fresh<V> fresh && fresh.meta().lifeMillis() <= servedLifeMillisMax) {
            tally.got(Flight.Kind.HIT, key, seen, Detector.Level.PROCESS);
            return fresh.value();
        }
        if (seen instanceof Lookup.Absent<V>) {
            return fly(key, markers, argument);
        }
        Decision decision = looks.decide(key, seen);
        return decision.loads()
                ? fly(key, markers, argument)
                : act(decision, Detector.Level.PROCESS, key, markers, argument, seen);
    }

    /** A get of the key begins. */
    void asked(String key, K argument) {
        if (inUse != null) {
            inUse.asked(key, argument);
        }
    }

    /** A flight that this thread leads. */
    Flight<V> flight(List<String> markers) {
        return new Flight<>(markers, around);
    }

    /** Serves or raises what was seen. */
    V act(Decision decision, Detector.Level level, String key, List<String> markers, K argument, Lookup<V> seen)
            throws Exception {
        if (decision == Decision.RAISE) {
            tally.got(Flight.Kind.NEGATIVE, key, seen, level);
            throw raise(seen);
        }
        if (decision == Decision.FALL_BACK) {
            tally.got(Flight.Kind.FALLBACK, key, null, level);
            return rule.instead(argument);
        }
        if (decision == Decision.SERVE_AND_REFRESH) {
            refreshes.begin(key, markers, argument, seen);
        }
        tally.got(kindServed(decision), key, seen, level);
        return Loads.valueOf(seen);
    }

    /** The value by a flight: that of another caller, or one of our own. */
    V fly(String key, List<String> markers, K argument) throws Exception {
        return fly(key, markers, argument, new Patience(policy, around));
    }

    private V fly(String key, List<String> markers, K argument, Patience patience) throws Exception {
        Flight<V> mine = flight(markers);
        Flight<V> other = shared.flights().putIfAbsent(key, mine);
        return other == null ? lead(mine, key, argument, patience) : join(other, key, markers, argument, patience);
    }

    /** The value of another caller's flight; if that one was interrupted or has given up, by a flight of our own. */
    V join(Flight<V> first, String key, List<String> markers, K argument) throws Exception {
        return join(first, key, markers, argument, new Patience(policy, around));
    }

    private V join(Flight<V> first, String key, List<String> markers, K argument, Patience patience) throws Exception {
        if (first.isTentative()) { // a refresh that may begin late, of a value that may have been invalidated since
            Lookup<V> found = shelf.find(key, markers);
            Decision decision = looks.decide(key, found);
            if (!decision.loads()) {
                return act(decision, Detector.Level.STORE, key, markers, argument, found);
            }
        }
        Flight<V> mine = flight(markers);
        Flight<V> other = first;
        while (other != null) {
            counters.joined.increment();
            Flight.Offer<V> offer;
            try {
                offer = joining.await(other, key, patience);
            } catch (LoadTimeoutException e) {
                return instead(key, argument, e);
            }
            if (offer != null) {
                tally.got(offer.kind(), key, null, Detector.Level.LOADER);
                return offer.value();
            }
            if (!other.wasInterrupted()) {
                tally.got(other.kind(), key, null, Detector.Level.LOADER);
                return other.result();
            }
            shared.flights().remove(key, other); // its leader was told to stop, we were not
            other = shared.flights().putIfAbsent(key, mine);
        }
        return lead(mine, key, argument, patience);
    }

    private V lead(Flight<V> flight, String key, K argument, Patience patience) throws Exception {
        List<String> markers = flight.markers();
        Loads.Task<K, V> task;
        try {
            Looks.Look<V> look = looks.look(key, markers, patience);
            if (look.decision() == Decision.AWAIT) {
                counters.joined.increment();
            }
            while (look.decision() == Decision.AWAIT) {
                look.entry().claim().release();
                joining.pause(flight, key, patience);
                if (patience.isTooLong()) {
                    return giveUp(flight, key, argument);
                }
                if (shared.flights().get(key) != flight) { // overtaken, so what it brought would be stored by nobody
                    flight.abandon();
                    return fly(key, markers, argument, patience);
                }
                look = looks.look(key, markers, patience);
            }
            Shelf.Entry<V> entry = look.entry();
            Decision decision = look.decision();
            Lookup<V> found = entry.lookup();
            if (!decision.loads()) {
                entry.claim().release();
                V value;
                try {
                    value = actAsLeader(flight, decision, key, argument, found);
                } finally {
                    tally.got(flight.kind(), key, found, Detector.Level.STORE);
                }
                return value;
            }
            task = new Loads.Task<>(key, markers, argument, found, decision, entry.claim());
            offerOld(flight, task, entry);
        } catch (Throwable t) { // a bug: but nobody may wait for ever
            flight.crash(t, Flight.Kind.MISS);
            shared.flights().remove(key, flight);
            throw t;
        }
        return load(flight, task, patience.waited());
    }

    /** The load of another process takes too long for this caller. Those who joined him have a patience of their own. */
    private V giveUp(Flight<V> flight, String key, K argument) {
        shared.flights().remove(key, flight);
        flight.crash(new InterruptedException("of the wait for another process"), Flight.Kind.MISS);
        return instead(key, argument, joining.tooLong(key));
    }

    /** Lands a flight without a load; the caller counts it. */
    V actAsLeader(Flight<V> flight, Decision decision, String key, K argument, Lookup<V> found) throws Exception {
        // first of all, so that who has seen it land joins it no more: it does not know the tags that a loader has
        // named
        shared.flights().remove(key, flight);
        if (decision == Decision.RAISE) {
            flight.crash(raise(found), Flight.Kind.NEGATIVE);
            return flight.result();
        }
        V value = decision == Decision.FALL_BACK ? rule.instead(argument) : Loads.valueOf(found);
        flight.land(value, kindServed(decision));
        if (decision == Decision.SERVE_AND_REFRESH) {
            refreshes.begin(key, flight.markers(), argument, found);
        }
        return value;
    }

    /** Lets those who join go on with the old value, if the policy keeps one for that. */
    void offerOld(Flight<V> flight, Loads.Task<K, V> task, Shelf.Entry<V> entry) {
        if (task.decision() == Decision.LOAD_OR_SERVE
                && policy.failover().isEmpty()
                && !flight.tagAsOld(entry.versions().markers())) {
            flight.offer(looks.old(task.found()));
        }
    }

    private V load(Flight<V> flight, Loads.Task<K, V> task, Duration waited) throws Exception {
        if (gathering != null) {
            return gathered(gathering, flight, task);
        }
        boolean hasOld = task.decision() == Decision.LOAD_OR_SERVE
                && !policy.softTimeout().equals(Policy.FOREVER);
        Duration patience = hasOld
                        && policy.softTimeout().compareTo(policy.hardTimeout()) < 0
                        && around.nowMillis() + Meta.millisUp(policy.softTimeout())
                                < Decision.keptUntil(task.found(), policy)
                ? policy.softTimeout()
                : policy.hardTimeout();
        if (!patience.equals(Policy.FOREVER) && loads.fillInBackground(flight, task)) {
            return waitFor(flight, task, patience, waited);
        }
        try {
            return loads.fill(flight, task);
        } finally {
            tally.got(flight.kind(), task.key(), task.found(), Detector.Level.LOADER);
        }
    }

    /** Loads together with other callers. */
    private V gathered(Gathering<K, V> all, Flight<V> flight, Loads.Task<K, V> task) throws Exception {
        String key = task.key();
        if (!all.load(task, flight)) {
            counters.joined.increment();
            boolean unused = joining.awaitLanding(flight, key, Long.MAX_VALUE);
            if (flight.wasInterrupted()) { // the thread that loaded for us was told to stop, we were not
                return fly(key, task.markers(), task.argument());
            }
        }
        tally.got(flight.kind(), key, task.found(), Detector.Level.LOADER);
        return flight.result();
    }

    /**
     * Waits for a load that another thread runs for us.
     *
     * @param waited for another process, before
     */
    private V waitFor(Flight<V> flight, Loads.Task<K, V> task, Duration patience, Duration waited) throws Exception {
        long nanos = Math.max(0, patience.minus(waited).toNanos());
        if (joining.awaitLanding(flight, task.key(), nanos)) {
            tally.got(flight.kind(), task.key(), task.found(), Detector.Level.LOADER);
            return flight.result();
        }
        counters.timeouts.increment();
        if (task.decision() == Decision.LOAD_OR_SERVE
                && around.nowMillis() < Decision.keptUntil(task.found(), policy)) {
            tally.got(Flight.Kind.STALE, task.key(), task.found(), Detector.Level.STORE);
            return Loads.valueOf(task.found());
        }
        return instead(task.key(), task.argument(), new LoadTimeoutException(task.key(), patience));
    }

    /** What a get is answered with that has waited too long. */
    V instead(String key, K argument, LoadTimeoutException failure) {
        tally.got(policy.fallback() ? Flight.Kind.FALLBACK : Flight.Kind.MISS, key, null, Detector.Level.LOADER);
        if (policy.fallback()) {
            return rule.instead(argument);
        }
        throw failure;
    }

    private Exception raise(Lookup<V> found) {
        if (found instanceof Lookup.Negative<V> negative) {
            return failures.raise(negative);
        }
        throw new IllegalStateException("no failure in " + found);
    }

    private static Flight.Kind kindServed(Decision decision) {
        return switch (decision) {
            case SERVE_STALE -> Flight.Kind.STALE;
            case FALL_BACK -> Flight.Kind.FALLBACK;
            default -> Flight.Kind.HIT;
        };
    }
}
