package io.larder.cache.spi;

import io.larder.base.LarderUrl;

/**
 * Opens the stores of one URL scheme. Found by {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/io.larder.cache.spi.StoreProvider} and give it a public constructor without parameters.
 */
public interface StoreProvider {
    /** The scheme served, in lower case and without the colon: {@code "memcached"}. */
    String scheme();

    /**
     * Opens a store. Does not wait for anything outside the process.
     *
     * @param url as written; {@link LarderUrl#parse} takes it apart
     * @throws IllegalArgumentException if the URL asks for what this store does not know; one line that says what to
     *     write
     */
    Store<?> open(String url, StoreContext context);
}
