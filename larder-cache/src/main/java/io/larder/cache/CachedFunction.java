package io.larder.cache;

import org.jspecify.annotations.Nullable;

/** The verbs of a cached function: renders the key and leaves the rest to {@link Reads} and {@link Loads}. Thread-safe. */
final class CachedFunction<K extends @Nullable Object, V extends @Nullable Object> implements Cached<K, V> {
    private final Definition<V> shared;
    private final KeyTemplate<K> keys;
    private final Policy policy;
    private final Loads<K, V> loads;
    private final Reads<K, V> reads;

    CachedFunction(
            Definition<V> shared,
            KeyTemplate<K> keys,
            ContextLoader<? super K, V> loader,
            Policy policy,
            StoreRule<K, V> rule,
            Surroundings around) {
        this.shared = shared;
        this.keys = keys;
        this.policy = policy;
        this.loads = new Loads<>(shared, loader, policy, rule, around);
        this.reads = new Reads<>(shared, loads, policy, around);
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
        return reads.get(keys.render(argument), argument);
    }

    @Override
    public Lookup<V> peek(K argument) {
        return shared.shelf().find(keys.render(argument));
    }

    @Override
    public void put(K argument, V value) {
        String key = keys.render(argument);
        overtake(key);
        loads.put(key, argument, value);
        overtake(key); // a flight that began before the write may have read what was there
    }

    @Override
    public void invalidate(K argument) {
        String key = keys.render(argument);
        overtake(key);
        loads.remove(key);
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
            return loads.loadAround(argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
        }
    }

    @Override
    public V refresh(K argument) {
        String key = keys.render(argument);
        Flight<V> mine = new Flight<>();
        Flight<V> other = shared.flights().put(key, mine);
        try {
            if (other != null) {
                if (other.leader() == Thread.currentThread() && !other.hasLanded()) {
                    RecursiveLoadException recursion = new RecursiveLoadException(key);
                    mine.crash(recursion, Flight.Kind.MISS);
                    shared.flights().remove(key, mine);
                    throw recursion;
                }
                other.overtake();
            }
            return loads.fill(
                    mine, new Loads.Task<>(key, argument, shared.shelf().find(key), Decision.LOAD));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw unchecked(argument, e);
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
        return shared.counters().read();
    }

    @Override
    public String toString() {
        return "cached function " + shared.template();
    }

    private LoadFailedException unchecked(K argument, Exception cause) {
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        return new LoadFailedException(keys.render(argument), cause);
    }
}
