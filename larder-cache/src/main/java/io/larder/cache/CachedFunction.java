package io.larder.cache;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The verbs of a cached function: renders the key and leaves the rest to {@link Reads} and {@link Loads}. Thread-safe. */
final class CachedFunction<K extends @Nullable Object, V extends @Nullable Object> implements Cached<K, V> {
    private final Definition<V> shared;
    private final KeyTemplate<K> keys;
    private final Tagging<K> tags;
    private final Policy policy;
    private final Loads<K, V> loads;
    private final Reads<K, V> reads;

    CachedFunction(Definition<V> shared, Definitions.Plan<K, V> plan, Surroundings around) {
        this.shared = shared;
        this.keys = plan.keys();
        this.tags = plan.tags();
        this.policy = plan.policy();
        this.loads = new Loads<>(shared, plan, around);
        this.reads = new Reads<>(shared, loads, plan, around);
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
        return shared.shelf().find(keys.render(argument), tags.markers(argument));
    }

    @Override
    public void put(K argument, V value) {
        String key = keys.render(argument);
        shared.overtake(key);
        loads.put(key, tags.markers(argument), argument, value);
        shared.overtake(key); // a flight that began before the write may have read what was there
    }

    @Override
    public void invalidate(K argument) {
        String key = keys.render(argument);
        shared.overtake(key);
        shared.remove(key);
        shared.overtake(key); // as in put
    }

    @Override
    public void expire(K argument) {
        String key = keys.render(argument);
        shared.overtake(key);
        loads.expire(key, tags.markers(argument));
        shared.overtake(key); // as in put
    }

    @Override
    public List<String> tags(K argument) {
        return tags.markers(argument).stream()
                .filter(marker -> marker.startsWith(Markers.TAG))
                .map(marker -> marker.substring(Markers.TAG.length()))
                .toList();
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
        List<String> markers = tags.markers(argument);
        Flight<V> mine = new Flight<>(markers);
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
                    mine,
                    new Loads.Task<>(key, markers, argument, shared.shelf().find(key, markers), Decision.LOAD));
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
