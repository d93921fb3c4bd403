package io.larder.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A listener that keeps what it is told, for tests. Thread-safe. */
public final class RecordingListener implements CacheListener {
    private final List<CacheEvent> events = new CopyOnWriteArrayList<>();

    /** What was told of this kind, in order. */
    public <E extends CacheEvent> List<E> of(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    /** Forgets what was told. */
    public void clear() {
        events.clear();
    }

    @Override
    public void onGet(CacheEvent.Get event) {
        events.add(event);
    }

    @Override
    public void onLoadBegun(CacheEvent.LoadBegun event) {
        events.add(event);
    }

    @Override
    public void onLoadEnded(CacheEvent.LoadEnded event) {
        events.add(event);
    }

    @Override
    public void onInvalidation(CacheEvent.Invalidation event) {
        events.add(event);
    }

    @Override
    public void onStoreFailure(CacheEvent.StoreFailure event) {
        events.add(event);
    }

    @Override
    public void onBreaker(CacheEvent.Breaker event) {
        events.add(event);
    }

    @Override
    public void onMissedRemoval(CacheEvent.MissedRemoval event) {
        events.add(event);
    }
}
