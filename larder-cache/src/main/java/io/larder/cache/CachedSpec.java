package io.larder.cache;

import io.larder.base.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A cached function being defined: {@code larder.cached("account:{key}", Long.class, Account.class,
 * dao::load).ttl("10m").build()}. For one thread.
 *
 * @param <K> the argument
 * @param <V> the result
 */
public final class CachedSpec<K, V extends @Nullable Object> {
    private final Definitions definitions;
    private final String template;
    private final TypeRef<K> keyType;
    private final TypeRef<V> valueType;
    private final ContextLoader<? super K, V> loader;
    private final @Nullable BulkLoader<K, V> bulk;
    private int chunk = Bulk.CHUNK_DEFAULT;
    private Duration window = Duration.ZERO;
    private int gatherMax = 1;
    private final List<Negative> negatives = new ArrayList<>();
    private Policy policy = Policy.of(Policy.FOREVER);
    private StoreRule<K, V> rule = StoreRule.none();
    private Early early = Early.NEVER;
    private Duration usedWithin = Duration.ZERO;
    private Hits hits = Hits.UNLIMITED;
    private final List<Class<? extends Exception>> failover = new ArrayList<>();
    private Duration softTimeout = Policy.FOREVER;
    private Duration hardTimeout = Policy.FOREVER;
    private final List<String> tags = new ArrayList<>();
    private String namespace = "";
    private String codec = "";
    private boolean hasTtl;

    CachedSpec(
            Definitions definitions,
            String template,
            TypeRef<K> keyType,
            TypeRef<V> valueType,
            ContextLoader<? super K, V> loader) {
        this(definitions, template, keyType, valueType, loader, null);
    }

    private CachedSpec(
            Definitions definitions,
            String template,
            TypeRef<K> keyType,
            TypeRef<V> valueType,
            ContextLoader<? super K, V> loader,
            @Nullable BulkLoader<K, V> bulk) {
        this.definitions = definitions;
        this.template = template;
        this.keyType = keyType;
        this.valueType = valueType;
        this.loader = loader;
        this.bulk = bulk;
    }

    /** Of a function that loads many at once. */
    static <K, V extends @Nullable Object> CachedSpec<K, V> bulk(
            Definitions definitions, String template, TypeRef<K> keyType, TypeRef<V> valueType, BulkLoader<K, V> bulk) {
        return new CachedSpec<>(definitions, template, keyType, valueType, Bulk.alone(bulk), bulk);
    }

    /**
     * How long a value may be served after it was written, an upper bound: {@code "10m"}, {@code "1h30m"},
     * {@code "PT1H"}, {@code "90"} for seconds, or {@code "forever"}.
     *
     * @throws IllegalArgumentException if the text is no TTL
     */
    public CachedSpec<K, V> ttl(String text) {
        return ttl(Policy.duration("ttl", text));
    }

    /**
     * How long a value may be served after it was written, an upper bound.
     *
     * @throws IllegalArgumentException if it is below 1 ms
     */
    public CachedSpec<K, V> ttl(Duration ttl) {
        policy = policy.withTtl(ttl);
        hasTtl = true;
        return this;
    }

    /**
     * The TTL of each value, from argument and value; below 1 ms means that it is not stored. A TTL given besides is its upper
     * bound. When the function fails, the value is returned, not stored, and counted as a store failure.
     */
    public CachedSpec<K, V> ttl(BiFunction<? super K, ? super V, Duration> function) {
        rule = rule.withTtlOf(function);
        hasTtl = true;
        return this;
    }

    /** Values never expire; they can still be evicted and invalidated. */
    public CachedSpec<K, V> forever() {
        return ttl(Policy.FOREVER);
    }

    /**
     * The part of the TTL that is cut off at random for each entry, from 0 to less than 1; default 0.1.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public CachedSpec<K, V> jitter(double fraction) {
        policy = policy.withJitter(fraction);
        return this;
    }

    /**
     * How long after its TTL a value is kept, to be served when a load fails, is slower than the soft timeout, or is already run
     * by another caller. After a failure the next load waits a second, then two, up to 30, and the old value is served
     * meanwhile. Default: not at all.
     */
    public CachedSpec<K, V> stale(String text) {
        return stale(Policy.duration("stale", text));
    }

    /** As {@link #stale(String)}. */
    public CachedSpec<K, V> stale(Duration kept) {
        policy = policy.withStale(kept);
        return this;
    }

    /**
     * When a value is loaded anew in the background while callers go on to get the old one: an age like {@code "7m"},
     * {@code "75%"} of the TTL, or {@code "measured"}. Default: when its TTL has ended, by the caller who finds that.
     */
    public CachedSpec<K, V> early(String when) {
        return early(Early.parse(when));
    }

    /** As {@link #early(String)}. */
    public CachedSpec<K, V> early(Early when) {
        early = when;
        return this;
    }

    /**
     * Periodic refresh: {@code early("30s").whileUsedWithin("10m")} loads a value anew every 30 seconds whether it is asked for
     * or not, so that the next caller need not wait, and stops 10 minutes after the last get of its key. In the background, at
     * most 8 keys of a function at a time; failures pause the key for 1, 2, 4 … 30 seconds. A key whose entry was invalidated
     * or evicted is left alone until it is asked for again. At most 10,000 keys are remembered, with their arguments: beyond,
     * those asked for seldom are refreshed when they are asked for. Default: only gets refresh.
     */
    public CachedSpec<K, V> whileUsedWithin(String afterLastGet) {
        return whileUsedWithin(Policy.duration("whileUsedWithin", afterLastGet));
    }

    /** As {@link #whileUsedWithin(String)}. */
    public CachedSpec<K, V> whileUsedWithin(Duration afterLastGet) {
        usedWithin = afterLastGet;
        return this;
    }

    /**
     * How often a value may be served, besides how long, and from which use on it is loaded anew in the background:
     * {@code hits(Hits.of(500).refreshAfter(100))}.
     */
    public CachedSpec<K, V> hits(Hits limit) {
        hits = limit;
        return this;
    }

    /**
     * The loader is called for every get; when it fails with this, the last good value is served, if its TTL, and the
     * time given by {@link #stale(String)}, have not ended. May be called for several types.
     */
    public CachedSpec<K, V> failover(Class<? extends Exception> on) {
        failover.add(on);
        return this;
    }

    /**
     * A failure that is an answer, like "no such account", is remembered for that long, and raised anew for each caller. May be
     * called for several types; where more than one fits, the first counts.
     *
     * @param type needs a public constructor with a {@code String}, or without parameters
     */
    public CachedSpec<K, V> negative(Class<? extends Exception> type, String ttl) {
        negatives.add(new Negative(type, Policy.duration("ttl of negative(" + type.getSimpleName() + ")", ttl)));
        return this;
    }

    /** The longest TTL of {@code null} and of an empty {@code Optional}; {@code "0"} to store none. Default: as other values. */
    public CachedSpec<K, V> nullTtl(String text) {
        policy = policy.withNullTtl(Policy.duration("nullTtl", text));
        return this;
    }

    /** Stores only values that pass. May be called several times; all conditions must hold. */
    public CachedSpec<K, V> storeIf(Predicate<? super V> condition) {
        rule = rule.withStoreIf(condition);
        return this;
    }

    /** Stores only values whose load took at least that long. Default: all. */
    public CachedSpec<K, V> storeIfLoadTook(String least) {
        rule = rule.withLoadMin(Policy.duration("storeIfLoadTook", least));
        return this;
    }

    /**
     * How long a caller waits for a load when a value past its TTL is there to serve instead; needs {@link #stale(String)}. The
     * load runs in another thread, so transactions and thread-locals of the caller do not reach it, and goes on.
     */
    public CachedSpec<K, V> softTimeout(String text) {
        softTimeout = Policy.duration("softTimeout", text);
        return this;
    }

    /**
     * How long a caller waits for a load in any case, before a {@link LoadTimeoutException}. The load runs in another thread, so
     * transactions and thread-locals of the caller do not reach it, and goes on.
     */
    public CachedSpec<K, V> hardTimeout(String text) {
        hardTimeout = Policy.duration("hardTimeout", text);
        return this;
    }

    /**
     * What a get is answered with when its load fails, or takes longer than the hard timeout, and there is no old value to
     * serve: {@code fallback(id -> Account.UNKNOWN)}. It is never stored. After a failure the next load waits a second, then two,
     * up to 30, as with {@link #stale(String)}, and the fallback is served meanwhile; with {@link #failover} each get calls the
     * loader. Failures that {@link #negative} or, with failover, no type names are raised all the same. {@link Cached#refresh},
     * {@link Cached#bypass} and gets of an {@linkplain Larder#switchOff off} Larder raise what the loader raises. Default: none.
     *
     * @param function must be quick, and may not fail: then the get fails
     */
    public CachedSpec<K, V> fallback(Function<? super K, ? extends V> function) {
        rule = rule.withFallback(function);
        policy = policy.withFallback(true);
        return this;
    }

    /**
     * Over a store that several processes share: how long those that miss a key wait for the one that loads it, up to an hour. When it
     * takes longer, or has died, another loads. {@code "0"} for not at all: each process loads for itself. Default 5 seconds.
     */
    public CachedSpec<K, V> lease(String text) {
        policy = policy.withLease(Policy.duration("lease", text));
        return this;
    }

    /**
     * Most arguments of one call of a {@link BulkLoader}, at least 1; default 100. More are loaded by several calls, one after
     * the other.
     */
    public CachedSpec<K, V> chunk(int size) {
        if (bulk == null || size < 1) {
            throw new IllegalArgumentException("cached(\"%s\"): %s"
                    .formatted(
                            template,
                            size < 1
                                    ? "chunk must be at least 1, was " + size
                                    : "chunk needs a loader of many; use larder.cachedAll(...)"));
        }
        chunk = size;
        return this;
    }

    /**
     * Merges {@link Cached#get}s of different keys that miss at about the same time into one call of the {@link BulkLoader}: the first
     * waits that long for others, or until there are {@code max}, and then loads for all in its thread. So each miss takes up to
     * that much longer. Default: each get loads alone.
     *
     * <p>The loader runs in the thread of one caller, for all: transactions and thread-locals of the others do not reach it. Those with
     * other values for the {@code @names} of keys are not merged. A caller who is interrupted leaves the others alone; loads in
     * the background are not merged.
     *
     * @param within from 1 ms to a minute; a few milliseconds suit most
     * @param max most keys of one load, at least 2; those beyond a {@link #chunk} take several calls
     */
    public CachedSpec<K, V> coalesce(String within, int max) {
        Duration parsed = Policy.duration("coalesce", within);
        if (bulk == null
                || max < 2
                || parsed.compareTo(Policy.TTL_MIN) < 0
                || parsed.compareTo(Gathering.WINDOW_MAX) > 0) {
            throw new IllegalArgumentException("cached(\"%s\"): %s"
                    .formatted(
                            template,
                            bulk == null
                                    ? "coalesce needs a loader of many; use larder.cachedAll(...)"
                                    : max < 2
                                            ? "coalesce merges at least 2, was " + max
                                            : "coalesce waits from 1ms to 1m, was " + Printable.of(within)));
        }
        window = parsed;
        gatherMax = max;
        return this;
    }

    /**
     * What the entries can be invalidated by besides their key, with {@link Larder#invalidateTag}: templates as for keys, like
     * {@code "user:{user.id}"} or {@code "accounts"}. At most 32. May be called several times.
     */
    public CachedSpec<K, V> tags(String... templates) {
        tags.addAll(List.of(templates));
        return this;
    }

    /** The namespace of the entries, which {@link Larder#invalidateNamespace} makes invalid as a whole. Default: none. */
    public CachedSpec<K, V> namespace(String name) {
        namespace = name;
        return this;
    }

    /**
     * The form of the values in a store outside the process, {@code "binary"}, {@code "json"}, or that of another
     * {@link io.larder.cache.spi.CodecProvider}; several with commas: the first writes, all are read. Default: that of the store.
     */
    public CachedSpec<K, V> codec(String name) {
        codec = name;
        return this;
    }

    /**
     * The cached function.
     *
     * @throws IllegalArgumentException if it cannot work as defined: a template with unknown names, no TTL, a value type
     *     the store cannot keep. One line that says what to write
     */
    public Cached<K, V> build() {
        return function();
    }

    CachedFunction<K, V> function() {
        if (!hasTtl) {
            throw new IllegalArgumentException(
                    "cached(\"%s\") has no ttl; write .ttl(\"10m\") before .build(), or .forever()"
                            .formatted(template));
        }
        KeyScope scope = KeyScope.ofArgument(keyType.type()).with(definitions.pipes());
        return definitions.define(new Definitions.Plan<>(
                template,
                "",
                KeyTemplate.compile(template, scope),
                Tagging.of(tags, namespace, scope),
                valueType.type(),
                codec,
                loader,
                bulk == null ? null : new Bulk<>(bulk, chunk, window, gatherMax),
                whole(),
                rule));
    }

    /** The settings that are checked together, together. */
    private Policy whole() {
        if (bulk != null && !(softTimeout.equals(Policy.FOREVER) && hardTimeout.equals(Policy.FOREVER))) {
            throw new IllegalArgumentException(
                    "cachedAll(\"%s\") loads in its caller's thread, without a timeout; leave it out, or bound the loader's own calls"
                            .formatted(template));
        }
        try {
            return policy.withTimeouts(softTimeout, hardTimeout)
                    .withEarly(early)
                    .withUsedWithin(usedWithin)
                    .withHits(hits)
                    .withFailover(failover)
                    .withNegatives(negatives);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("cached(\"%s\"): %s".formatted(template, e.getMessage()), e);
        }
    }
}
