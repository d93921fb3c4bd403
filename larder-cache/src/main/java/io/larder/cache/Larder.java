package io.larder.cache;

import io.larder.base.Printable;
import io.larder.base.Ticker;
import io.larder.cache.spi.CodecProvider;
import io.larder.cache.spi.Host;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import io.larder.cache.spi.StoreProvider;
import io.larder.cache.spi.Waiting;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
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
    private final Routes routes;
    private final Definitions definitions;
    private final Background background;
    private final DaemonTimer timer;
    private final Control control;
    private final Events events;
    private final Surroundings around;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final LarderHost host;

    private Larder(Routes routes, LarderHost host, Pipes pipes, Surroundings around, DaemonTimer timer) {
        this.host = host;
        this.routes = routes;
        this.background = around.background();
        this.timer = timer;
        this.control = around.control();
        this.events = around.events();
        this.around = around;
        control.switchOff(Boolean.getBoolean("larder.off"));
        this.definitions = new Definitions(routes, pipes, around, host);
    }

    /**
     * Opens the store a URL names: {@code mem:}, {@code mem:?size=10000}, {@code null:}, what other modules add, like
     * {@code memcached://host:11211}, or {@code tiered:mem:,memcached://host:11211}. Never waits for a store to answer.
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
     * Begins a cached function whose loader answers later, for {@link Cached#getAsync}. What is cached is the value, never the
     * stage, so it shares its entries and loads with functions over the same template.
     */
    public <K, V> CachedSpec<K, V> cachedAsync(
            String template, Class<K> keyType, Class<V> valueType, AsyncLoader<? super K, V> loader) {
        return cachedAsync(template, TypeRef.of(keyType), TypeRef.of(valueType), loader);
    }

    /** As {@link #cachedAsync(String, Class, Class, AsyncLoader)}, for types with arguments of their own. */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedAsync(
            String template, TypeRef<K> keyType, TypeRef<V> valueType, AsyncLoader<? super K, V> loader) {
        return new CachedSpec<>(definitions, template, keyType, valueType, new LaterLoader<>(loader));
    }

    /**
     * Begins a cached function whose loader answers for many arguments at once, for {@link Cached#getAll}. It shares its entries
     * with functions over the same template.
     */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedAll(
            String template, Class<K> keyType, Class<V> valueType, BulkLoader<K, V> loader) {
        return cachedAll(template, TypeRef.of(keyType), TypeRef.of(valueType), loader);
    }

    /** As {@link #cachedAll(String, Class, Class, BulkLoader)}, for types with arguments of their own. */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedAll(
            String template, TypeRef<K> keyType, TypeRef<V> valueType, BulkLoader<K, V> loader) {
        return CachedSpec.bulk(definitions, template, keyType, valueType, loader);
    }

    /**
     * As {@link #cachedAll(String, Class, Class, BulkLoader)}, with a loader that answers later; for {@link Cached#getAllAsync}
     * and {@link Cached#getAsync}.
     */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedAllAsync(
            String template, Class<K> keyType, Class<V> valueType, AsyncBulkLoader<K, V> loader) {
        return cachedAllAsync(template, TypeRef.of(keyType), TypeRef.of(valueType), loader);
    }

    /** As {@link #cachedAllAsync(String, Class, Class, AsyncBulkLoader)}, for types with arguments of their own. */
    public <K, V extends @Nullable Object> CachedSpec<K, V> cachedAllAsync(
            String template, TypeRef<K> keyType, TypeRef<V> valueType, AsyncBulkLoader<K, V> loader) {
        return CachedSpec.bulk(definitions, template, keyType, valueType, new LaterBulkLoader<>(loader));
    }

    /**
     * Begins a cached stream: kept once somebody has read it to its end.
     *
     * @param listType the type of all its elements together, which is what is kept
     */
    public <K, E extends @Nullable Object> StreamSpec<K, E> cachedStream(
            String template, Class<K> keyType, TypeRef<List<E>> listType, StreamLoader<? super K, E> loader) {
        return new StreamSpec<>(definitions, template, TypeRef.of(keyType), listType, loader, around);
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
     * Lets the annotations of woven classes work, on all their methods and on calls an object makes to itself: with this Larder,
     * until it is closed, then with the next one they are bound to. Woven classes above them are bound, too.
     *
     * <p>Before, methods that are only cached run as if they were not annotated, and the log says so once for each class; those
     * that invalidate are refused, for what they leave out would be missed.
     *
     * @param woven classes that {@code larder-weave} has been through, in the build or as an agent
     * @throws IllegalArgumentException if an annotation cannot work, naming the method and what to write, or a class is not woven;
     *     none of them is bound then
     * @throws IllegalStateException if one is bound to another Larder that is open
     */
    public void bind(Class<?>... woven) {
        WovenClass.bind(List.of(woven), this, definitions);
    }

    /**
     * As {@link #bind}, for all classes that a build has woven and this loader sees.
     *
     * @throws IllegalArgumentException as {@link #bind}, and if there is none
     */
    public void bindAll(ClassLoader loader) {
        bind(WovenList.read(loader));
    }

    /**
     * The cached function behind an annotated method, to invalidate or look into. Its argument is that of the method; of
     * several, {@link Arguments#of}.
     *
     * @param proxy made by {@link #proxy}; or an object of a woven class; for a static method, the class
     * @param method the method's name
     * @param parameterTypes its parameter types; needed only where the name is overloaded
     * @throws IllegalArgumentException if there is no such method or more than one
     */
    public static Cached<@Nullable Object, @Nullable Object> cachedOf(
            Object proxy, String method, Class<?>... parameterTypes) {
        return WovenClass.isOfWoven(proxy)
                ? WovenClass.functionOf(proxy, method, parameterTypes)
                : CachedProxy.functionOf(proxy, method, parameterTypes);
    }

    /**
     * Makes all entries invalid that have this tag, in every process that shares the store. Takes one write, however many
     * entries there are. A load that is under way answers those who wait for it; no later caller gets its value.
     *
     * @param tag as {@link Cached#tags} gives it: the tag's template with the values as keys write them
     * @throws IllegalArgumentException if it has a blank, a control character or one beyond ASCII, as no tag in a key has
     */
    public void invalidateTag(String tag) {
        definitions.invalidate(Markers.keyOf(Markers.TAG, tag));
    }

    /** As {@link #invalidateTag}, for all entries of functions with this namespace. */
    public void invalidateNamespace(String name) {
        definitions.invalidate(Markers.keyOf(Markers.NAMESPACE, name));
    }

    /** How the stores outside this process are doing. */
    public List<StoreHealth> health() {
        return routes.health();
    }

    /**
     * Switches off, in this thread until the scope is closed, what is named: {@code try (Scope off = larder.disabling(Op.READ,
     * Op.WRITE)) {...}}. Without reading, gets call the loader, and store what it returns unless writing is disabled, too.
     * Scopes nest, and each brings back exactly what held before it. Other threads are not touched; {@link #carrying(Runnable)}
     * takes what holds here along.
     */
    public Scope disabling(Op... ops) {
        return control.disabling(ops);
    }

    /**
     * As {@link #disabling(Op...)}, for keys that begin so: {@code larder.disabling("account:", Op.READ)}. Invalidations of tags and
     * namespaces take place; they are of no one key.
     *
     * @throws IllegalArgumentException if the prefix is empty
     */
    public Scope disabling(String keyPrefix, Op... ops) {
        return control.disabling(keyPrefix, ops);
    }

    /**
     * Begins a transaction of this thread, or one inside that which it is in: its changes of the cache take effect at its commit.
     * {@link Transaction} says how.
     */
    public Transaction transaction() {
        return Transaction.begin(control, around.changes());
    }

    /**
     * Runs work, which commits the transaction of the database itself, in a {@link #transaction}; commits that if the work returns,
     * and rolls it back if it raises anything, which comes out as itself.
     */
    public <T extends @Nullable Object> T inTransaction(Callable<T> work) throws Exception {
        try (Transaction transaction = transaction()) {
            T result = work.call();
            transaction.commit();
            return result;
        }
    }

    /**
     * Puts this thread into no transaction until the scope is closed: for what the database does beside the one around it, by
     * another connection, and which stays if that is rolled back.
     */
    public Scope suspendingTransaction() {
        return control.in(null);
    }

    /** Listens to the gets of this thread, and of work it {@link #carrying(Runnable) carries} elsewhere, until it is closed. */
    public Detector detect() {
        return new Detector(control::listening);
    }

    /** The work, to be run by any thread with what is disabled and who listens here and now. */
    public Runnable carrying(Runnable work) {
        return control.carrying(work);
    }

    /** As {@link #carrying(Runnable)}. */
    public <T extends @Nullable Object> Callable<T> carrying(Callable<T> work) {
        return control.carrying(work);
    }

    /** An executor whose tasks run with what holds in the thread that hands them over, when it does. */
    public Executor carrying(Executor executor) {
        return control.carrying(executor);
    }

    /**
     * The kill switch, for the whole process: while it is off every get calls its loader, and nothing is stored. Invalidations
     * still take place, so that switching on again brings nothing old back. Also by {@code -Dlarder.off=true} at the start.
     */
    public void switchOff(boolean off) {
        control.switchOff(off);
    }

    /** Whether the kill switch is off. */
    public boolean isOff() {
        return control.isOff();
    }

    /** The functions defined so far and what each counted, by key template. */
    public List<FunctionStats> functions() {
        return definitions.functions();
    }

    /** What the stores in this process hold and have evicted. */
    public List<StoreStats> stores() {
        return routes.stats();
    }

    /** Flights and waits that have not ended: none when nothing runs. */
    int underWay() {
        return definitions.underWay();
    }

    /** What modules above build on, like the toolbox of locks and limits. */
    public Host host() {
        return host;
    }

    /** The sum of what all functions counted. */
    public CacheStats stats() {
        return definitions.stats();
    }

    boolean isClosed() {
        return closed.get();
    }

    Definitions definitions() {
        return definitions;
    }

    /** Closes the store. Cached functions still answer afterwards, from their loaders; nothing is refreshed any more. */
    @Override
    public void close() {
        timer.close();
        background.close();
        routes.close();
        if (!closed.getAndSet(true)) {
            events.tell(CacheListener::onClosed);
        }
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
        private @Nullable Timer timer;
        private Waiting waiting = Waiting.REAL;
        private final List<StoreProvider> providers = new ArrayList<>();
        private final Map<String, String> routes = new LinkedHashMap<>();
        private Pipes pipes = Pipes.BUILT_IN;
        private Values values = Values.DEFAULT;
        private boolean fencing = true;
        private int backgroundLoadsMax = Background.LOADS_MAX;
        private final List<CacheListener> listeners = new ArrayList<>();
        private Duration slowLoads = Policy.FOREVER;

        private Builder() {}

        /** The store, by URL; default {@code mem:}. */
        public Builder url(String text) {
            url = text;
            return this;
        }

        /**
         * A store of its own for the keys that begin with this text, by URL. Of several prefixes that fit, the longest counts; a
         * key template whose own text does not decide it is refused.
         *
         * @throws IllegalArgumentException if the prefix is empty, or has a store already
         */
        public Builder route(String prefix, String to) {
            if (prefix.isEmpty() || routes.putIfAbsent(prefix, to) != null) {
                throw new IllegalArgumentException(
                        "route \"%s\" is empty or given twice; write one store for a prefix, and url(...) for all other keys"
                                .formatted(Printable.of(prefix)));
            }
            return this;
        }

        /**
         * A pipe of the program's own, for key templates and tags to write after a bar: {@code pipe("domain", Email.class,
         * Email::domain)} for {@code "mail:{email|domain}"}. It may stand after what has no key form of its own.
         *
         * <p>Its function is called for every key, by any thread, and never with null; it must make the same text of equal
         * values, in every process that shares the store. What it raises comes out of the call. Another text for the same value
         * is another key: the entries of before are not found any more.
         *
         * @param type the values it takes, those of subtypes too
         * @throws IllegalArgumentException if the name is taken, or no template can write it
         */
        public <T> Builder pipe(String name, Class<T> type, Function<? super T, String> text) {
            pipes = pipes.with(name, type, text);
            return this;
        }

        /**
         * Signs entries in stores outside the process, and believes no others: {@code secrets(Secrets.parse("env:CACHE_SECRET"))},
         * or {@code ?secret=env:CACHE_SECRET} in a store's own URL, which counts first. Default: no signatures.
         */
        public Builder secrets(Secrets ring) {
            values = values.withSecrets(ring);
            return this;
        }

        /**
         * From which size on values are compressed in stores outside the process, like {@code "4KB"}, or {@code "off"}; also
         * {@code ?compress=4KB} in a store's own URL, which counts first. Default 1 KiB. Reading never depends on it.
         */
        public Builder compress(String from) {
            values = values.withCompression(Compression.parse(from));
            return this;
        }

        /**
         * The form of values in stores outside the process: {@code "json"}, or several with commas, of which the first writes and all
         * are read; also {@code ?codec=json} in a store's own URL, which counts first. Default {@code "binary"}.
         */
        public Builder codec(String names) {
            values = values.withCodecs(values.codecs().using(names));
            return this;
        }

        /** Codecs to choose from by their names, besides those on the class path. */
        public Builder codecs(CodecProvider... more) {
            values = values.withCodecs(values.codecs().with(more));
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

        /** Hears of gets, loads, entries and stores. May be called for several; each is told in this order. */
        public Builder listener(CacheListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Logs loads that took at least that long, as warnings of the logger {@code io.larder.cache}: one line each with the
         * key, escaped and cut, ten lines within ten seconds, and then how many more there were. Default: none.
         *
         * @throws IllegalArgumentException if the text is no duration of at least 1 ms
         */
        public Builder slowLoads(String least) {
            Duration parsed = Policy.duration("slowLoads", least);
            if (parsed.compareTo(Policy.TTL_MIN) < 0) {
                throw new IllegalArgumentException(
                        "slowLoads must be at least 1ms, was %s; write the time a load may take, like 500ms"
                                .formatted(Printable.of(least)));
            }
            slowLoads = parsed;
            return this;
        }

        /** Runs what comes later, like telling a store what it has missed; default a daemon thread, started when needed. */
        public Builder timer(Timer source) {
            timer = source;
            return this;
        }

        /** How callers of a key wait for each other; for simulations. Default {@link Waiting#REAL}. */
        public Builder waiting(Waiting source) {
            waiting = source;
            return this;
        }

        /** Opens the stores of one more scheme, before those found on the class path. */
        public Builder provider(StoreProvider provider) {
            providers.add(provider);
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

        /** Switches off what a simulation has to find missing; {@link Surroundings#withoutFencing}. */
        Builder withoutFencing() {
            fencing = false;
            return this;
        }

        /**
         * Opens it.
         *
         * @throws IllegalArgumentException as {@link Larder#open(String)}
         */
        public Larder open() {
            DaemonTimer own = new DaemonTimer();
            Timer later = timer == null ? own : timer;
            Surroundings around = new Surroundings(
                    ticker,
                    clock,
                    random,
                    new Background(loadExecutor, backgroundLoadsMax),
                    later,
                    new Events(listeners),
                    new SlowLoads(slowLoads, ticker, later));
            around.waitBy(waiting);
            if (!fencing) {
                around.withoutFencing();
            }
            Stores stores = new Stores(providers);
            StoreContext context = new StoreContext(ticker, clock, executor);
            Map<String, Backend> backends = new HashMap<>();
            try {
                backends.put(
                        "",
                        store == null
                                ? stores.backend(url, context, values, around)
                                : Backend.of(store.getClass().getSimpleName(), store, values, around));
                routes.forEach((prefix, to) -> backends.put(prefix, stores.backend(to, context, values, around)));
            } catch (RuntimeException e) {
                new Routes(backends).close(); // those that were opened
                throw e;
            }
            Routes all = new Routes(backends);
            Larder larder = new Larder(
                    all, new LarderHost(all, pipes, context, random, around.background()), pipes, around, own);
            around.events().tell(listener -> listener.onOpened(larder));
            return larder;
        }
    }
}
