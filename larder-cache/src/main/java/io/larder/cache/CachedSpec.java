package io.larder.cache;

import java.time.Duration;
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
    private final Loader<? super K, ? extends V> loader;
    private @Nullable Policy policy;
    private double jitter = Policy.JITTER_DEFAULT;

    CachedSpec(
            Definitions definitions,
            String template,
            TypeRef<K> keyType,
            TypeRef<V> valueType,
            Loader<? super K, ? extends V> loader) {
        this.definitions = definitions;
        this.template = template;
        this.keyType = keyType;
        this.valueType = valueType;
        this.loader = loader;
    }

    /**
     * How long a value may be served after it was written, an upper bound: {@code "10m"}, {@code "1h30m"},
     * {@code "PT1H"}, {@code "90"} for seconds, or {@code "forever"}.
     *
     * @throws IllegalArgumentException if the text is no TTL
     */
    public CachedSpec<K, V> ttl(String text) {
        policy = Policy.parse(text);
        return this;
    }

    /**
     * How long a value may be served after it was written, an upper bound.
     *
     * @throws IllegalArgumentException if it is below 1 ms
     */
    public CachedSpec<K, V> ttl(Duration ttl) {
        policy = Policy.of(ttl);
        return this;
    }

    /** Values never expire; they can still be evicted and invalidated. */
    public CachedSpec<K, V> forever() {
        policy = Policy.of(Policy.FOREVER);
        return this;
    }

    /**
     * The part of the TTL that is cut off at random for each entry, from 0 to less than 1; default 0.1.
     *
     * @throws IllegalArgumentException from {@link #build} if it is out of range
     */
    public CachedSpec<K, V> jitter(double fraction) {
        jitter = fraction;
        return this;
    }

    /**
     * The cached function.
     *
     * @throws IllegalArgumentException if it cannot work as defined: a template with unknown names, no TTL, a value type
     *     the store cannot keep. One line that says what to write
     */
    public Cached<K, V> build() {
        if (policy == null) {
            throw new IllegalArgumentException(
                    "cached(\"%s\") has no ttl; write .ttl(\"10m\") before .build(), or .forever()"
                            .formatted(template));
        }
        KeyTemplate<K> keys = KeyTemplate.compile(template, KeyScope.ofArgument(keyType.type()));
        return definitions.define(template, "", keys, valueType.type(), loader, policy.withJitter(jitter));
    }
}
