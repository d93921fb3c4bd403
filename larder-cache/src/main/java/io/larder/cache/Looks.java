package io.larder.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what the store holds for a get, and has {@link Decision} say what to do about it. Thread-safe.
 *
 * <pre>
 *   look ── claim ──┬─ another process loads      ── decided as promised, until the lease is over
 *                   ├─ old, and nobody refreshes  ── take the turn, look again
 *                   ├─ old, another has the turn  ── decided as promised
 *                   └─ otherwise                  ── decided
 * </pre>
 */
final class Looks<K extends @Nullable Object, V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Policy policy;
    private final boolean countsUses;
    private final @Nullable InUse<K> inUse;
    private final Surroundings around;

    Looks(Definition<V> shared, Policy policy, @Nullable InUse<K> inUse, Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.policy = policy;
        this.countsUses = !policy.hits().equals(Hits.UNLIMITED);
        this.inUse = inUse;
        this.around = around;
    }

    /** What to do about what was seen. */
    Decision decide(String key, Lookup<V> lookup) {
        dated(key, lookup);
        return Decision.decide(lookup, policy, circumstances(key, lookup));
    }

    /** What the store holds, and what to do about it. */
    record Look<V extends @Nullable Object>(Shelf.Entry<V> entry, Decision decision) {}

    /** Looks at the store for one who loads what is missing; where an old value may be served meanwhile, only if it is his turn. */
    Look<V> look(String key, List<String> markers, Patience patience) {
        Look<V> first = lookOnce(key, markers, patience);
        boolean mayServe = policy.failover().isEmpty() && first.entry().lookup() instanceof Lookup.Stale<V>;
        if (first.decision() != Decision.LOAD_OR_SERVE
                || !mayServe
                || !first.entry().claim().isSeen()) {
            return first;
        }
        Claim turn = shared.elsewhere().isPaused(key) ? null : turn(key);
        if (turn == Claim.ANY) {
            return first;
        }
        if (turn == null || turn.isPromised()) {
            Lookup<V> found = first.entry().lookup();
            Decision.Circumstances now = circumstances(key, found).whilePromised();
            return new Look<>(first.entry(), Decision.decide(found, policy, now));
        }
        Look<V> second = lookOnce(key, markers, patience); // who had the turn before may just have stored
        Claim unused = second.entry().claim().inTurn(turn);
        return second;
    }

    /** Asks for the turn to load; where another process has it, nobody here asks again for a moment. */
    Claim turn(String key) {
        Claim turn = shelf.turn(key, policy.lease());
        if (turn.isPromised()) {
            shared.elsewhere().briefly(key);
        }
        return turn;
    }

    private Look<V> lookOnce(String key, List<String> markers, Patience patience) {
        Shelf.Entry<V> entry = shelf.claim(key, markers, policy.lease());
        if (!entry.claim().isPromised() || patience.isOver()) {
            return new Look<>(entry, decide(key, entry.lookup()));
        }
        dated(key, entry.lookup());
        Decision.Circumstances now = circumstances(key, entry.lookup()).whilePromised();
        return new Look<>(entry, Decision.decide(entry.lookup(), policy, now));
    }

    /** What those who join may be served of a value past its TTL. */
    Flight.Offer<V> old(Lookup<V> found) {
        return new Flight.Offer<>(Loads.valueOf(found), Flight.Kind.STALE, Decision.keptUntil(found, policy), 0);
    }

    /** Whether one who joins may have what the flight offers; that is a use like others. */
    boolean isServable(String key, Flight.Offer<V> offer) {
        return around.nowMillis() < offer.untilMillis()
                && (!countsUses
                        || offer.kind() != Flight.Kind.HIT
                        || shared.uses().next(key, offer.stamp())
                                <= policy.hits().max());
    }

    private Decision.Circumstances circumstances(String key, Lookup<V> lookup) {
        boolean readsClock = Decision.dependsOnNow(lookup, policy);
        boolean readsPauses = policy.fallback() && !(lookup instanceof Lookup.Fresh<V>);
        if (!readsClock && !countsUses && !readsPauses) {
            return Decision.Circumstances.NONE;
        }
        long uses = countsUses && lookup instanceof Lookup.Fresh<V> fresh
                ? shared.uses().next(key, fresh.meta().stamp())
                : 1;
        return new Decision.Circumstances(
                readsClock ? around.nowMillis() : 0,
                uses,
                policy.early() instanceof Early.Measured ? around.random() : 0,
                shared.pauses().isPaused(key));
    }

    /** A key in use has this value now. */
    void dated(String key, Lookup<V> seen) {
        Meta meta = inUse == null ? null : Meta.of(seen);
        if (inUse != null && meta != null) {
            inUse.dated(key, meta);
        }
    }
}
