package io.larder.cache;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Loads anew what is still served, for nobody who waits: once per key in this process, and once for all processes where the
 * store lends turns. Thread-safe.
 *
 * <pre>
 *   begun ── tentative ── look again ──┬─ still there     ── offered to those who join ── load ── land ── store
 *                                      ├─ invalidated     ── load, nothing is offered
 *                                      └─ new, or loaded elsewhere ── no load; who joined goes on with what there is
 * </pre>
 */
final class Refreshes<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Counters counters;
    private final Loads<K, V> loads;
    private final Looks<K, V> looks;
    private final Tagging<K> tags;
    private final Policy policy;
    private final Surroundings around;

    Refreshes(
            Definition<V> shared,
            Loads<K, V> loads,
            Looks<K, V> looks,
            Definitions.Plan<K, V> plan,
            Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.counters = shared.counters();
        this.loads = loads;
        this.looks = looks;
        this.tags = plan.tags();
        this.policy = plan.policy();
        this.around = around;
    }

    /** Looks at a key in use, and loads here what is due; answers whether there is a value to look after. */
    boolean tend(String key, K argument) {
        if (!around.control().allows(Op.WRITE, key)) {
            return true; // switched off for now
        }
        List<String> markers = tags.markers(argument);
        Lookup<V> found = shelf.find(key, markers);
        Decision decision = Decision.decide(
                found,
                policy,
                new Decision.Circumstances(
                        around.nowMillis(), 1, 0, shared.pauses().isPaused(key)));
        switch (decision) {
            case SERVE -> looks.dated(key, found);
            case SERVE_AND_REFRESH, LOAD_OR_SERVE -> {
                boolean unused = begin(key, markers, argument, found, load -> {
                    load.run();
                    return true;
                });
            }
            case LOAD, LOAD_OR_FALL_BACK, FALL_BACK, RAISE, AWAIT -> {
                return false; // gone; a get brings it back
            }
            case SERVE_STALE, LOAD_ONLY -> {
                return true; // loads pause, or the store is down
            }
        }
        return true;
    }

    /** Loads in the background, if it has a thread to spare. */
    void begin(String key, List<String> markers, K argument, Lookup<V> found) {
        boolean unused = begin(key, markers, argument, found, around.background()::tryRun);
    }

    private boolean begin(String key, List<String> markers, K argument, Lookup<V> found, Predicate<Runnable> start) {
        Flight.Offer<V> offer = found instanceof Lookup.Fresh<V> fresh
                ? new Flight.Offer<>(
                        fresh.value(),
                        Flight.Kind.HIT,
                        Decision.end(fresh.meta(), policy),
                        fresh.meta().stamp())
                : looks.old(found);
        Loads.Task<K, V> task = // what it may be stored over is seen when the load begins
                new Loads.Task<>(key, markers, argument, found, Decision.SERVE_AND_REFRESH, Claim.ANY);
        return refresh(task, offer, start);
    }

    /**
     * Loads once per key, for nobody who waits, and answers whether it was begun.
     *
     * @param offer what those who come meanwhile are served
     * @param start runs the load, here or in the background, or answers that it cannot
     */
    private boolean refresh(Loads.Task<K, V> task, Flight.Offer<V> offer, Predicate<Runnable> start) {
        if (shared.elsewhere().isPaused(task.key())) {
            return false;
        }
        Flight<V> flight = new Flight<>(task.markers(), around);
        flight.handOver();
        flight.tentative(true);
        if (shared.flights().putIfAbsent(task.key(), flight) != null) {
            return false;
        }
        boolean begun = false;
        try {
            begun = start.test(() -> fillUnlessChanged(flight, task, offer));
        } finally {
            if (!begun) {
                shared.flights().remove(task.key(), flight);
                flight.abandon();
            }
        }
        return begun;
    }

    private void fillUnlessChanged(Flight<V> flight, Loads.Task<K, V> task, Flight.Offer<V> offer) {
        flight.takeOver();
        try {
            Meta before = Meta.of(task.found());
            Claim turn = looks.turn(task.key()); // before the look: who had it may just have stored
            Shelf.Entry<V> now = shelf.claim(task.key(), task.markers(), policy.lease());
            Meta meta = Meta.of(now.lookup());
            boolean isThere = meta != null && before != null && meta.stamp() == before.stamp();
            boolean isReplaced = now.lookup() instanceof Lookup.Fresh<V> && !isThere; // another refresh has just ended
            if (isReplaced || turn.isPromised() || now.claim().isPromised()) {
                shared.flights().remove(task.key(), flight);
                if (isThere) {
                    flight.land(offer.value(), offer.kind());
                } else {
                    flight.abandon(); // for what the store has now, or for the load of another process
                }
                turn.release();
                now.claim().release(); // of a key that was removed while another had the turn
                return;
            }
            boolean isValid = isThere && !flight.tagAsOld(now.versions().markers());
            if (isValid) { // not before: it may have been invalidated since it was seen
                flight.offer(offer);
            }
            flight.tentative(false);
            counters.refreshes.increment();
            loads.fillLater(flight, task.by(now.claim().inTurn(turn)));
        } catch (Throwable t) { // as in Loads
            flight.crash(t, Loads.kindOf(task));
            shared.flights().remove(task.key(), flight);
        }
    }
}
