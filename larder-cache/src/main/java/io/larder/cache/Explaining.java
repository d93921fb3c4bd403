package io.larder.cache;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what a get of a key would find and do, without loading or writing anything. Thread-safe. */
final class Explaining<V extends @Nullable Object> {
    private final Definition<V> shared;
    private final Policy policy;
    private final Surroundings around;

    Explaining(Definition<V> shared, Policy policy, Surroundings around) {
        this.shared = shared;
        this.policy = policy;
        this.around = around;
    }

    /**
     * Explains a key.
     *
     * @param markers those its entry has to have
     */
    Explanation explain(String key, List<String> markers) {
        List<Inspection<V>> levels = shared.shelf().inspect(key, markers);
        Lookup<V> seen = decisive(levels);
        long nowMillis = around.nowMillis();
        boolean paused = shared.pauses().isPaused(key);
        long uses = seen instanceof Lookup.Fresh<V> fresh
                ? shared.uses().soFar(key, fresh.meta().stamp()) + 1
                : 1;
        Decision decision = Decision.decide(seen, policy, new Decision.Circumstances(nowMillis, uses, 0, paused));
        Control control = around.control();
        List<Op> disabled = Arrays.stream(Op.values())
                .filter(op -> !control.allows(op, key))
                .toList();
        Origin origin = shared.origin();
        Flight<V> flight = shared.flights().get(key);
        boolean missed = origin.backend().hasMissed(key);
        Decision allowed = allowed(decision, disabled);
        String reason = reason(decision, seen, levels, disabled, uses, missed);
        Uncommitted open = control.transaction();
        Verdict verdict = open == null || disabled.contains(Op.READ)
                ? new Verdict(allowed, reason)
                : inTransaction(
                        open, new Uncommitted.Place(shared, key), markers, levels, new Verdict(allowed, reason));
        return new Explanation(
                shared.template(),
                key,
                origin.route(),
                origin.backend().name(),
                levels.stream().map(level -> level(level, nowMillis)).toList(),
                verdict.decision().name(),
                verdict.reason(),
                flight != null && !flight.hasLanded(),
                paused,
                disabled,
                missed,
                origin.backend().health(origin.route()));
    }

    /** What a get would do, and why. */
    private record Verdict(Decision decision, String reason) {}

    /** What becomes of a verdict in a transaction. */
    private static Verdict inTransaction(
            Uncommitted open,
            Uncommitted.Place place,
            List<String> markers,
            List<? extends Inspection<?>> levels,
            Verdict outside) {
        if (open.own(place) != null) {
            return new Verdict(
                    Decision.SERVE,
                    open.put(place) != null ? "as this transaction has put it" : "as this transaction has loaded it");
        }
        boolean isHit = levels.stream()
                .flatMap(level -> level.tags().stream())
                .anyMatch(tag -> open.isHitBy(List.of(tag.name())));
        if (isHit || open.hides(place, markers)) {
            return new Verdict(Decision.LOAD_ONLY, "as this transaction has changed it");
        }
        return switch (outside.decision()) {
            case LOAD, AWAIT -> new Verdict(Decision.LOAD_ONLY, outside.reason() + "; a transaction stores no loads");
            case LOAD_OR_SERVE, LOAD_OR_FALL_BACK, LOAD_ONLY ->
                new Verdict(outside.decision(), outside.reason() + "; a transaction stores no loads");
            case SERVE_AND_REFRESH -> new Verdict(Decision.SERVE, outside.reason());
            case SERVE, SERVE_STALE, RAISE, FALL_BACK -> outside;
        };
    }

    /** Of what the levels hold, that which a get goes by; as the shelves choose. */
    private Lookup<V> decisive(List<Inspection<V>> levels) {
        Lookup<V> near = levels.get(0).lookup();
        if (levels.size() == 1 || near instanceof Lookup.Fresh<V> || near instanceof Lookup.Negative<V>) {
            return near;
        }
        return TieredShelf.newerOf(near, levels.get(1).lookup());
    }

    private static Explanation.Level level(Inspection<?> seen, long nowMillis) {
        Optional<Meta> meta = Optional.ofNullable(seen.meta());
        return new Explanation.Level(
                seen.place(),
                seen.state(),
                meta.map(m -> Duration.ofMillis(Math.max(0, nowMillis - m.createdMillis()))),
                meta.filter(m -> m.freshUntilMillis() != Long.MAX_VALUE)
                        .map(m -> Duration.ofMillis(m.freshUntilMillis() - nowMillis)),
                meta.filter(m -> m.loadMicros() > 0).map(Meta::loadTime),
                seen.tags(),
                seen.note());
    }

    /** What becomes of a decision where something is disabled. */
    private static Decision allowed(Decision decision, List<Op> disabled) {
        if (disabled.contains(Op.READ)) {
            return disabled.contains(Op.WRITE) ? Decision.LOAD_ONLY : Decision.LOAD;
        }
        if (!disabled.contains(Op.WRITE)) {
            return decision;
        }
        if (decision.loads()) {
            return Decision.LOAD_ONLY;
        }
        return decision == Decision.SERVE_AND_REFRESH ? Decision.SERVE : decision;
    }

    private String reason(
            Decision decision,
            Lookup<V> seen,
            List<Inspection<V>> levels,
            List<Op> disabled,
            long uses,
            boolean missed) {
        if (disabled.contains(Op.READ)) {
            return "as reading is disabled here";
        }
        return switch (decision) {
            case SERVE -> "as the value is within its TTL";
            case SERVE_AND_REFRESH ->
                uses >= policy.hits().refreshAfter()
                        ? "as the value is within its TTL and has been used %d times".formatted(uses - 1)
                        : "as the value is within its TTL, and old enough to be loaded anew";
            case SERVE_STALE -> "as the value is past its TTL, and loads pause after a failure";
            case RAISE -> "as the failure is remembered";
            case AWAIT -> "as another process loads it";
            case LOAD_ONLY -> "as the store could not be asked";
            case LOAD_OR_SERVE ->
                policy.failover().isEmpty()
                        ? "as the value is past its TTL or used up, and may stand in for a load that fails"
                        : "as failover calls the loader for every get";
            case FALL_BACK -> "as there is nothing to serve but the fallback, and loads pause after a failure";
            case LOAD, LOAD_OR_FALL_BACK -> whyLoad(seen, levels, missed);
        };
    }

    private String whyLoad(Lookup<V> seen, List<Inspection<V>> levels, boolean missed) {
        if (missed) {
            return "as the entry was invalidated, and the store has still to be told";
        }
        if (seen instanceof Lookup.Fresh<V> || seen instanceof Lookup.Stale<V>) {
            return "as the value is past its TTL, or used up";
        }
        if (seen instanceof Lookup.Negative<V>) {
            return "as the failure found is of a type that is not remembered any more";
        }
        for (Inspection<V> level : levels) {
            if (level.state() == Explanation.State.INVALIDATED) {
                return level.tags().stream()
                        .filter(tag -> !tag.isCurrent())
                        .findFirst()
                        .map(tag -> "as %s was invalidated".formatted(tag.name()))
                        .orElse("as the entry was invalidated");
            }
            if (level.state() == Explanation.State.UNREADABLE) {
                return "as the entry cannot be read";
            }
        }
        return "as there is nothing";
    }
}
