package io.larder.cache.memcached;

import io.larder.base.LarderUrl;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import io.larder.client.KeyPolicy;
import io.larder.client.Memcached;
import io.larder.client.MemcachedConfig;
import java.nio.charset.StandardCharsets;

/**
 * Opens {@code memcached://host[:port][*weight][,host...][/prefix][?option=value&...]}, with all options of
 * {@link Memcached#open(String)}. The prefix goes before every key, so that several programs share a cluster.
 *
 * <p>Found by {@link java.util.ServiceLoader}; there is no need to use it directly.
 */
public final class MemcachedStoreProvider implements StoreProvider {
    /** Longest prefix, in bytes of UTF-8: what memcached's keys leave beside the framework's longest. */
    private static final int PREFIX_BYTES_MAX = KeyPolicy.BYTES_MAX - 200;

    @Override
    public String scheme() {
        return "memcached";
    }

    /**
     * Opens the store. Connects to nothing yet.
     *
     * @throws IllegalArgumentException if the URL names no node, has an unknown option, or a prefix above 50 bytes
     */
    @Override
    public Store<?> open(String url, StoreContext context) {
        int prefixBytes = LarderUrl.parse(url).path().getBytes(StandardCharsets.UTF_8).length;
        if (prefixBytes > PREFIX_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "the prefix in the memcached: URL has %d bytes; at most %d leave room for the keys, shorten it"
                            .formatted(prefixBytes, PREFIX_BYTES_MAX));
        }
        // deadlines stay on real time: a test's ticker that stands still would let a silent node block for ever
        MemcachedConfig config = MemcachedConfig.parse(url).withClock(context.clock());
        return new MemcachedStore(Memcached.open(config), config.failure().kind());
    }
}
