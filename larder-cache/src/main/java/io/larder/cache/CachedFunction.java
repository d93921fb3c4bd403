package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads in three steps: the key, the lookup, the decision; then acts on it.
 *
 * <p>A fresh value that can be seen in the process is served at once. For everything else the callers of a key form a
 * {@link Flight}: one of them asks the store and the loader in its own thread, the others wait for it. No lock and no bin
 * of a map is held while a loader runs.
 */
final class CachedFunction<K extends @Nullable Object, V extends @Nullable Object> implements Cached<K, V> {
    private final Definition<V> shared;
    private final Shelf<V> shelf;
    private final Counters counters;
    private final KeyTemplate<K> keys;
    private final Loader<? super K, ? extends V> loader;
    private final Policy policy;
    private final Surroundings around;

    CachedFunction(
            Definition<V> shared,
            KeyTemplate<K> keys,
            Loader<? super K, ? extends V> loader,
            Policy policy,
            Surroundings around) {
        this.shared = shared;
        this.shelf = shared.shelf();
        this.counters = shared.counters();
        this.keys = keys;
        this.loader = loader;
        this.policy = policy;
        this.around = around;
    }

    @Override
    public V get(K argument) {
        try {
            return fetch(argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    /** {@link #get}, with the loader's checked exceptions as themselves. */
    V fetch(K argument) throws Exception {
        String key = keys.render(argument);
        Lookup<V> seen = shelf.glance(key);
        if (seen instanceof Lookup.Fresh<V> fresh && decide(seen) == Decision.SERVE) {
            counters.hits.increment();
            return fresh.value();
        }
        return fly(key, argument);
    }

    private V fly(String key, K argument) throws Exception {
        Flight<V> mine = new Flight<>();
        Flight<V> other = shared.flights().putIfAbsent(key, mine);
        while (other != null) {
            counters.joined.increment();
            await(other, key);
            if (!other.wasInterrupted()) {
                count(other.kind());
                return other.result();
            }
            shared.flights().remove(key, other); // its leader was told to stop, we were not
            other = shared.flights().putIfAbsent(key, mine);
        }
        return lead(mine, key, argument);
    }

    private V lead(Flight<V> flight, String key, K argument) throws Exception {
        try {
            Lookup<V> found = shelf.find(key);
            Decision decision = decide(found);
            flight.read(kindOf(found, decision));
            count(flight.kind());
            if (found instanceof Lookup.Fresh<V> fresh && decision == Decision.SERVE) {
                flight.land(fresh.value());
                return fresh.value();
            }
            return loadInto(flight, key, argument, decision == Decision.LOAD);
        } catch (Throwable t) {
            flight.crash(t);
            throw t;
        } finally {
            shared.flights().remove(key, flight);
        }
    }

    private V loadInto(Flight<V> flight, String key, K argument, boolean write) throws Exception {
        long stamp = around.nextStamp(); // before the load: a change made while it runs is newer than its value
        long start = around.nanos();
        V value = load(argument, start);
        long loadMicros = (around.nanos() - start) / 1000;
        flight.land(value); // those who wait need not wait for the write
        if (write) {
            flight.store(() -> write(key, value, stamp, loadMicros));
        }
        return value;
    }

    private V load(K argument, long start) throws Exception {
        boolean loaded = false;
        try {
            V value = loader.load(argument);
            loaded = true;
            return value;
        } finally {
            counters.loads.increment();
            counters.loadNanos.add(around.nanos() - start);
            if (!loaded) {
                counters.loadFailures.increment();
            }
        }
    }

    private void write(String key, V value, long stamp, long loadMicros) {
        Duration ttl = policy.draw(around.random());
        Meta meta = Meta.of(stamp, around.nowMillis(), ttl, loadMicros);
        try {
            shelf.put(key, value, meta, ttl);
        } catch (RuntimeException e) {
            counters.storeFailures.increment(); // the caller has its value; the counter tells
        }
    }

    @Override
    public Lookup<V> peek(K argument) {
        return shelf.find(keys.render(argument));
    }

    @Override
    public void put(K argument, V value) {
        String key = keys.render(argument);
        overtake(key);
        write(key, value, around.nextStamp(), 0);
        overtake(key); // a flight that began before the write may have read what was there
    }

    @Override
    public void invalidate(K argument) {
        String key = keys.render(argument);
        overtake(key);
        try {
            shelf.remove(key);
        } catch (RuntimeException e) {
            counters.storeFailures.increment();
        }
        overtake(key); // as in put
    }

    /** Takes the flight of the key, if any, off the map, so that nobody joins it any more and it stores nothing. */
    private void overtake(String key) {
        Flight<V> flight = shared.flights().remove(key);
        if (flight != null) {
            flight.overtake();
        }
    }

    @Override
    public V bypass(K argument) {
        try {
            return fetchAround(argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    private V fetchAround(K argument) throws Exception {
        return load(argument, around.nanos());
    }

    @Override
    public V refresh(K argument) {
        String key = keys.render(argument);
        Flight<V> mine = new Flight<>();
        Flight<V> other = shared.flights().put(key, mine);
        try {
            if (other != null) {
                if (other.leader() == Thread.currentThread() && !other.hasLanded()) {
                    throw new RecursiveLoadException(key);
                }
                other.overtake();
            }
            return loadInto(mine, key, argument, true);
        } catch (RuntimeException e) {
            mine.crash(e);
            throw e;
        } catch (Exception e) {
            mine.crash(e);
            throw unchecked(argument, e);
        } catch (Error e) {
            mine.crash(e);
            throw e;
        } finally {
            shared.flights().remove(key, mine);
        }
    }

    @Override
    public String key(K argument) {
        return keys.render(argument);
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public CacheStats stats() {
        return counters.read();
    }

    @Override
    public String toString() {
        return "cached function " + shared.template();
    }

    private Decision decide(Lookup<V> lookup) {
        long now = lookup instanceof Lookup.Fresh<V> fresh && Decision.dependsOnNow(fresh.meta(), policy)
                ? around.nowMillis()
                : 0;
        return Decision.decide(lookup, policy, now);
    }

    private void await(Flight<V> flight, String key) {
        try {
            around.waits().await(flight, key);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LarderException(
                    "interrupted while another thread loads %s; the load goes on".formatted(Printable.of(key)), e);
        }
    }

    private LarderException unchecked(K argument, Exception cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new LoadFailedException(keys.render(argument), cause);
    }

    private void count(Flight.Kind kind) {
        switch (kind) {
            case HIT -> counters.hits.increment();
            case MISS -> counters.misses.increment();
            case UNAVAILABLE -> counters.unavailable.increment();
        }
    }

    private static Flight.Kind kindOf(Lookup<?> found, Decision decision) {
        if (found instanceof Lookup.Unavailable<?>) {
            return Flight.Kind.UNAVAILABLE;
        }
        return decision == Decision.SERVE ? Flight.Kind.HIT : Flight.Kind.MISS;
    }
}
