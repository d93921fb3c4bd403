package io.larder.cache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Caches each element of what a method of an interface returns for a collection of arguments: only those that are missing
 * are asked for. The entries are those of a method with {@link Cached} over the same key.
 *
 * <pre>{@code
 * @Cached(key = "account:{id}", ttl = "10m")
 * Account account(long id);
 *
 * @CachedAll(key = "account:{ids}", ttl = "10m")     // in the key, ids stands for one of them
 * List<Account> accounts(List<Long> ids);
 * }</pre>
 *
 * <p>The method has one {@code List}, {@code Set} or {@code Collection} parameter, besides any others, and returns either a
 * {@code List} with one element for each argument in their order, null where there is none, or a {@code Map} by argument, or a
 * {@code CompletionStage} or {@code CompletableFuture} of one of them. What is cached are the elements, never the future.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface CachedAll {
    /** The key template of one element. */
    String key();

    /** How long a value may be served: {@code "10m"}, {@code "1h30m"}, {@code "PT1H"} or {@code "forever"}. */
    String ttl();

    /** The part of the TTL that is cut off at random, from 0 to less than 1. */
    double jitter() default io.larder.cache.Policy.JITTER_DEFAULT;

    /** How long after its TTL a value is kept to be served when a load fails or is another caller's. */
    String stale() default "";

    /** The longest TTL of the information that there is none; {@code "0"} to store none. */
    String nullTtl() default "";

    /** As {@link Cached#lease}. */
    String lease() default "";

    /** Most arguments of one call. */
    int chunk() default 100;

    /** What an element can be invalidated by besides its key: templates as for keys. */
    String[] tags() default {};

    /** The namespace of the entries, to be invalidated as a whole; none by default. */
    String namespace() default "";

    /** The form of the values in a store outside the process, like {@code "json"}; by default that of the store. */
    String codec() default "";
}
