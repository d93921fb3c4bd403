package io.larder.cache;

import io.larder.base.Ticker;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A store and the cached functions over it: the way into the framework.
 *
 * <pre>{@code
 * try (Larder larder = Larder.open("mem:?size=10000")) {
 *     Cached<Long, Account> accounts =
 *             larder.cached("account:{key}", Long.class, Account.class, dao::load).ttl("10m").build();
 *     Account account = accounts.get(7L); // loads once, then answers from memory
 * }
 * }</pre>
 *
 * <p>One per store and program is the usual number. Thread-safe.
 */
public final class Larder implements AutoCloseable {
    private final Backend backend;
    private final Definitions definitions;
    private final Background background;

    private Larder(Store<?> store, Surroundings around) {
        this.backend = new Backend(store, around);
        this.background = around.background();
        this.definitions = new Definitions(backend, around);
    }

    /**
     * Opens the store a URL names: {@code mem:}, {@code mem:?size=10000}, or what other modules add, like
     * {@code memcached://host:11211}. Never waits for a store to answer.
     *
     * @throws IllegalArgumentException if the URL is malformed, or names a store or an option that is not there
     */
    public static Larder open(String url) {
        return builder().url(url).open();
    }

    /** Opens with clocks, chance and threads of one's own; for tests mostly. */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Begins a cached function.
     *
     * @param template the key: text with {@code {key}} for the argument, {@code {key.property}} for a property of it; if
     *     the argument is a record, its components by their names
     * @param keyType the argument's class; several arguments make a record
     * @param valueType the result's class
     * @param loader the slow call
     */
    public <K, V> CachedSpec<K, V> cached(
            String template, Class<K> keyType, Class<V> valueType, Loader<? super K, ? extends V> loader) {
        return cached(template, TypeRef.of(keyType), TypeRef.of(valueType), loader);
    }

    /** As {@link #cached(String, Class, Class, Loader)}, for types with arguments of their own. */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cached(
            String template, TypeRef<K> keyType, TypeRef<V> valueType, Loader<? super K, ? extends V> loader) {
        return new CachedSpec<>(
                definitions, template, keyType, valueType, (argument, context) -> loader.load(argument));
    }

    /** As {@link #cached(String, Class, Class, Loader)}, with a loader that sees the value found and may set a TTL. */
    public <K, V> CachedSpec<K, V> cachedWithContext(
            String template, Class<K> keyType, Class<V> valueType, ContextLoader<? super K, V> loader) {
        return cachedWithContext(template, TypeRef.of(keyType), TypeRef.of(valueType), loader);
    }

    /** As {@link #cachedWithContext(String, Class, Class, ContextLoader)}, for types with arguments of their own. */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedWithContext(
            String template, TypeRef<K> keyType, TypeRef<V> valueType, ContextLoader<? super K, V> loader) {
        return new CachedSpec<>(definitions, template, keyType, valueType, loader);
    }

    /**
     * Puts an object behind its interface so that calls of the methods annotated with
     * {@link io.larder.cache.annotation.Cached} are cached, and all others reach it directly. Exceptions come out as
     * themselves, checked ones too. Calls the object makes to itself are not seen.
     *
     * @param api an interface with at least one annotated method
     * @param target what does the work
     * @throws IllegalArgumentException if an annotation cannot work; names the method and what to write
     */
    public <T> T proxy(Class<T> api, T target) {
        return CachedProxy.of(api, target, definitions);
    }

    /**
     * The cached function behind an annotated method, to invalidate or look into. Its argument is that of the method; of
     * several, {@link Arguments#of}.
     *
     * @param proxy made by {@link #proxy}
     * @param method the method's name
     * @param parameterTypes its parameter types; needed only where the name is overloaded
     * @throws IllegalArgumentException if there is no such method or more than one
     */
    public static Cached<@Nullable Object, @Nullable Object> cachedOf(
            Object proxy, String method, Class<?>... parameterTypes) {
        return CachedProxy.functionOf(proxy, method, parameterTypes);
    }

    /**
     * Makes all entries invalid that have this tag, in every process that shares the store. Takes one write, however many
     * entries there are. A load that is under way answers those who wait for it; no later caller gets its value.
     *
     * @param tag as {@link Cached#tags} gives it: the tag's template with the values as keys write them
     */
    public void invalidateTag(String tag) {
        definitions.invalidate(Markers.keyOf(Markers.TAG, tag));
    }

    /** As {@link #invalidateTag}, for all entries of functions with this namespace. */
    public void invalidateNamespace(String name) {
        definitions.invalidate(Markers.keyOf(Markers.NAMESPACE, name));
    }

    Backend backend() {
        return backend;
    }

    /** The sum of what all functions counted. */
    public CacheStats stats() {
        return definitions.stats();
    }

    /** Closes the store. Cached functions still answer afterwards, from their loaders; nothing is refreshed any more. */
    @Override
    public void close() {
        background.close();
        backend.close();
    }

    /** Settings of a {@link Larder}; every one has a default. For one thread. */
    public static final class Builder {
        private Ticker ticker = Ticker.SYSTEM;
        private InstantSource clock = InstantSource.system();
        private RandomGenerator random = () -> ThreadLocalRandom.current().nextLong();
        private Executor executor = Runnable::run;
        private String url = "mem:";
        private @Nullable Store<?> store;
        private @Nullable Executor loadExecutor;
        private int backgroundLoadsMax = Background.LOADS_MAX;

        private Builder() {}

        /** The store, by URL; default {@code mem:}. */
        public Builder url(String text) {
            url = text;
            return this;
        }

        /** The store itself, in place of a URL. It is closed with the {@link Larder}. */
        public Builder store(Store<?> ready) {
            store = ready;
            return this;
        }

        /** Measures TTLs in the process, and loads; default {@link System#nanoTime}. */
        public Builder ticker(Ticker source) {
            ticker = source;
            return this;
        }

        /** The time of day that entries outside the process are stamped with; default the system's. */
        public Builder clock(InstantSource source) {
            clock = source;
            return this;
        }

        /** Draws the jitter; must be thread-safe. Default {@link ThreadLocalRandom}. */
        public Builder random(RandomGenerator source) {
            random = source;
            return this;
        }

        /** Runs the stores' housekeeping, which is brief and never blocks; default the thread that causes it. */
        public Builder executor(Executor runner) {
            executor = runner;
            return this;
        }

        /**
         * Runs loads that no caller's thread runs: early refreshes, and loads with a timeout. It need not have a bound of its
         * own. Default virtual threads where the JVM has them, else daemon threads.
         */
        public Builder loadExecutor(Executor runner) {
            loadExecutor = runner;
            return this;
        }

        /**
         * How many loads may run in the background at a time, at least 1; default 64. Beyond, a refresh is left to a later
         * caller, and a load with a timeout runs in its caller's thread, without one.
         */
        public Builder backgroundLoadsMax(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("backgroundLoadsMax must be at least 1, was " + count);
            }
            backgroundLoadsMax = count;
            return this;
        }

        /**
         * Opens it.
         *
         * @throws IllegalArgumentException as {@link Larder#open(String)}
         */
        public Larder open() {
            Store<?> chosen = store != null ? store : Stores.open(url, new StoreContext(ticker, clock, executor));
            return new Larder(
                    Objects.requireNonNull(chosen),
                    new Surroundings(ticker, clock, random, new Background(loadExecutor, backgroundLoadsMax)));
        }
    }
}
