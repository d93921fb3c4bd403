package io.larder.bench.framework;

import java.util.concurrent.Callable;
import org.springframework.cache.support.AbstractValueAdaptingCache;

/** The store as Spring meets it: a cache such as those of Redis or memcached, which raises what its client raises. */
final class FaultySpringCache extends AbstractValueAdaptingCache {
    private final FaultyStore store = new FaultyStore();
    private final long ttlNanos;

    FaultySpringCache(long ttlNanos) {
        super(true);
        this.ttlNanos = ttlNanos;
    }

    FaultyStore store() {
        return store;
    }

    @Override
    public String getName() {
        return "accounts";
    }

    @Override
    public Object getNativeCache() {
        return store;
    }

    @Override
    protected Object lookup(Object key) {
        byte[] bytes = store.get(key.toString());
        return bytes == null ? null : AccountService.Account.of(bytes);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> T get(Object key, Callable<T> loader) {
        Object found = lookup(key);
        if (found == null) {
            try {
                found = loader.call();
            } catch (Exception e) {
                throw new ValueRetrievalException(key, loader, e);
            }
            put(key, found);
        }
        return (T) found;
    }

    @Override
    public void put(Object key, Object value) {
        store.put(key.toString(), ((AccountService.Account) value).bytes(), ttlNanos);
    }

    @Override
    public void evict(Object key) {
        store.remove(key.toString());
    }

    @Override
    public void clear() {
        throw new UnsupportedOperationException("clear");
    }
}
