package io.larder.cache;

import java.lang.reflect.Type;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * What all functions over one key template share, because they share the entries: the shelf, the flights under way, what is
 * known of uses and failures, the counters.
 *
 * @param template as written
 * @param pipes those of the template's slots
 * @param takesTags whether its store can have tags
 * @param valueType the one type of its values
 * @param codec of its values, instead of that of the store; possibly empty
 * @param elsewhere keys of which another process refreshes the value
 * @param rewrites values that are being written again, which nobody joins
 * @param owner the method a default template was made for, otherwise empty
 */
record Definition<V extends @Nullable Object>(
        String template,
        List<String> pipes,
        boolean takesTags,
        Type valueType,
        String codec,
        String owner,
        Origin origin,
        Shelf<V> shelf,
        ConcurrentMap<String, Flight<V>> flights,
        ConcurrentMap<String, Flight<V>> rewrites,
        Uses uses,
        Pauses pauses,
        Pauses elsewhere,
        Fences changes,
        Counters counters,
        Tally tally) {
    static <V extends @Nullable Object> Definition<V> of(
            Definitions.Plan<?, V> plan, Origin origin, Shelf<V> shelf, Counters counters, Surroundings around) {
        return new Definition<>(
                plan.template(),
                plan.keys().pipes(),
                origin.backend().takesTags(),
                plan.valueType(),
                plan.codec(),
                plan.owner(),
                origin,
                shelf,
                new ConcurrentHashMap<>(),
                new ConcurrentHashMap<>(),
                new Uses(),
                new Pauses(around),
                new Pauses(around),
                around.changes(),
                counters,
                new Tally(plan.template(), counters, shelf.isHere(), around));
    }

    FunctionStats stats() {
        return new FunctionStats(
                template, origin.namespace(), origin.route(), origin.backend().name(), counters.read());
    }

    void tellDefined(Events events) {
        CacheEvent.Defined event = new CacheEvent.Defined(
                template, origin.namespace(), origin.route(), origin.backend().name(), counters::read);
        events.tell(listener -> listener.onDefined(event));
    }

    /** Takes the flight of the key, if any, off the map, so that nobody joins it any more and it stores nothing. */
    void overtake(String key) {
        changes.move(key); // before the look at the flights: a stream looks the other way round
        overtakeFlights(key);
    }

    /** As {@link #overtake(String)}, where the fence of the key has just been moved. */
    void overtakeFlights(String key) {
        overtake(flights.remove(key));
        if (!rewrites.isEmpty()) {
            overtake(rewrites.remove(key));
        }
    }

    private static void overtake(@Nullable Flight<?> flight) {
        if (flight != null) {
            flight.overtake();
        }
    }

    /** Runs what writes a value again that was read, so that {@link #overtake(String)} beats it as it beats a load. */
    void rewrite(String key, Flight<V> mine, Runnable body) {
        overtake(rewrites.put(key, mine));
        try {
            body.run();
        } finally {
            rewrites.remove(key, mine);
        }
    }

    /** As {@link #overtake(String)}, for this flight. */
    void overtake(String key, Flight<?> flight) {
        flights.remove(key, flight);
        flight.overtake();
    }

    /** As {@link #overtake(String)}, for all flights whose entry depends on this marker. */
    void overtakeTagged(String marker) {
        flights.forEach((key, flight) -> {
            if (flight.isHitBy(marker)) {
                overtake(key, flight);
                flight.letGo(); // with a key it is the removal that ends the lease
            }
        });
    }

    /** Forgets a key because somebody asked for it. */
    void invalidate(String key) {
        overtake(key);
        remove(key);
        overtake(key); // a flight that began before the removal may have read what was there
        tally.invalidated(CacheEvent.Target.KEY, key);
    }

    /** Forgets a key; a store that fails is counted and told of. */
    void remove(String key) {
        try {
            shelf.remove(key);
        } catch (RuntimeException e) {
            tally.storeFailed(key, e);
        }
    }
}
