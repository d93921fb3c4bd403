package io.larder.cache;

import io.larder.cache.spi.Host;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
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

    Larder(Routes routes, LarderHost host, Pipes pipes, Surroundings around, DaemonTimer timer) {
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
    public static LarderBuilder builder() {
        return new LarderBuilder();
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
}
