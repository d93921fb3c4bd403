package io.larder.bench.framework;

import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.NotKeptException;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;

/** The store as Larder meets it. */
public final class FaultyStoreProvider implements StoreProvider {
    static final FaultyStore STORE = new FaultyStore();

    @Override
    public String scheme() {
        return "faulty";
    }

    @Override
    public Store<?> open(String url, StoreContext context) {
        return new ByteStore() {
            @Override
            public byte[] find(String key) {
                return STORE.get(key);
            }

            @Override
            public void put(String key, byte[] value, Duration ttl) {
                try {
                    STORE.put(key, value, ttl.toNanos());
                } catch (FaultyStore.Full e) {
                    throw new NotKeptException(e.getMessage());
                }
            }

            @Override
            public void remove(String key) {
                STORE.remove(key);
            }

            @Override
            public void close() {}
        };
    }
}
