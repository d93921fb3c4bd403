package io.larder.cache;

import io.larder.base.LarderUrl;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The {@code null:} store, which keeps nothing: every get loads, callers at the same moment still share a load. */
final class NullStore implements ObjectStore {
    @Override
    public @Nullable Object find(String key) {
        return null;
    }

    @Override
    public void put(String key, Object value, Duration ttl) {}

    @Override
    public void remove(String key) {}

    @Override
    public void close() {}

    /** Opens it. */
    static final class Provider implements StoreProvider {
        @Override
        public String scheme() {
            return "null";
        }

        @Override
        public Store<?> open(String text, StoreContext context) {
            LarderUrl url = LarderUrl.parse(text);
            url.options().allowing();
            if (!url.hosts().isEmpty() || !url.path().isEmpty()) {
                throw new IllegalArgumentException("null: keeps nothing and takes no host or path; write null:");
            }
            return new NullStore();
        }
    }
}
