package io.larder.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the program says by functions: whether and for how long a loaded value is stored, and what stands in for one that cannot be
 * loaded. Immutable.
 *
 * @param ttlOf the TTL of a value, instead of the policy's
 * @param storeIf which values are stored
 * @param loadMin values that took less to load are not stored
 * @param fallback what is served where a load fails, or is too slow, and there is no old value
 */
record StoreRule<K extends @Nullable Object, V extends @Nullable Object>(
        @Nullable BiFunction<? super K, ? super V, Duration> ttlOf,
        @Nullable Predicate<? super V> storeIf,
        Duration loadMin,
        @Nullable Function<? super K, ? extends V> fallback) {
    static <K extends @Nullable Object, V extends @Nullable Object> StoreRule<K, V> none() {
        return new StoreRule<>(null, null, Duration.ZERO, null);
    }

    StoreRule<K, V> withTtlOf(BiFunction<? super K, ? super V, Duration> function) {
        return new StoreRule<>(function, storeIf, loadMin, fallback);
    }

    /** Besides what was demanded before. */
    StoreRule<K, V> withStoreIf(Predicate<? super V> condition) {
        Predicate<? super V> before = storeIf;
        return new StoreRule<>(
                ttlOf,
                before == null ? condition : value -> before.test(value) && condition.test(value),
                loadMin,
                fallback);
    }

    StoreRule<K, V> withLoadMin(Duration least) {
        return new StoreRule<>(ttlOf, storeIf, least, fallback);
    }

    StoreRule<K, V> withFallback(Function<? super K, ? extends V> function) {
        return new StoreRule<>(ttlOf, storeIf, loadMin, function);
    }

    /** What stands in for the value of this argument. Only where the policy says that there is a fallback. */
    V instead(K argument) {
        if (fallback == null) {
            throw new IllegalStateException("no fallback");
        }
        return fallback.apply(argument);
    }

    /**
     * The TTL of a value before jitter, or {@code null} if it is not to be stored.
     *
     * @param said by the loader
     * @param loadNanos what the load took
     */
    @Nullable
    Duration ttl(K argument, V value, @Nullable Duration said, long loadNanos, Policy policy) {
        if (loadNanos < loadMin.toNanos() || (storeIf != null && !storeIf.test(value))) {
            return null;
        }
        Duration ttl = said;
        if (ttl == null) {
            ttl = ttlOf == null ? policy.ttl() : ttlOf.apply(argument, value);
        }
        if (ttl.compareTo(policy.ttl()) > 0) {
            ttl = policy.ttl();
        }
        boolean nothing = value == null || (value instanceof Optional<?> optional && optional.isEmpty());
        if (nothing && ttl.compareTo(policy.nullTtl()) > 0) {
            ttl = policy.nullTtl();
        }
        return ttl.compareTo(Policy.TTL_MIN) < 0 ? null : ttl;
    }
}
