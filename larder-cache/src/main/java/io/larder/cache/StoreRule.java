package io.larder.cache;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Whether and for how long a loaded value is stored, as far as the program says so by functions. Immutable.
 *
 * @param ttlOf the TTL of a value, instead of the policy's
 * @param storeIf which values are stored
 * @param loadMin values that took less to load are not stored
 */
record StoreRule<K extends @Nullable Object, V extends @Nullable Object>(
        @Nullable BiFunction<? super K, ? super V, Duration> ttlOf,
        @Nullable Predicate<? super V> storeIf,
        Duration loadMin) {
    static <K extends @Nullable Object, V extends @Nullable Object> StoreRule<K, V> none() {
        return new StoreRule<>(null, null, Duration.ZERO);
    }

    StoreRule<K, V> withTtlOf(BiFunction<? super K, ? super V, Duration> function) {
        return new StoreRule<>(function, storeIf, loadMin);
    }

    /** Besides what was demanded before. */
    StoreRule<K, V> withStoreIf(Predicate<? super V> condition) {
        Predicate<? super V> before = storeIf;
        return new StoreRule<>(
                ttlOf, before == null ? condition : value -> before.test(value) && condition.test(value), loadMin);
    }

    StoreRule<K, V> withLoadMin(Duration least) {
        return new StoreRule<>(ttlOf, storeIf, least);
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
