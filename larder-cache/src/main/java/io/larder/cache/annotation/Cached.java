package io.larder.cache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Caches what a method of an interface returns, once {@link io.larder.cache.Larder#proxy} stands in front of its
 * implementation. A {@code null} result is cached like any other; an exception is not unless {@link #negative} names it, and
 * reaches the caller as itself.
 *
 * <p>Nothing can be said here that {@link io.larder.cache.Larder#cached} cannot say: both build the same object.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Cached {
    /**
     * The key template, for example {@code "account:{user.id}:{accountId}"}; parameters go by name (compile with
     * {@code -parameters}) or as {@code {arg0}}, {@code {arg1}}. Empty means {@code Type.method:{arg0}:{arg1}}, with the
     * parameter types after the name where a method is overloaded.
     */
    String key() default "";

    /** How long a value may be served: {@code "10m"}, {@code "1h30m"}, {@code "PT1H"} or {@code "forever"}. */
    String ttl();

    /** The part of the TTL that is cut off at random, from 0 to less than 1, so that entries do not expire together. */
    double jitter() default io.larder.cache.Policy.JITTER_DEFAULT;

    /** How long after its TTL a value is kept to be served when a load fails, is slow, or is another caller's. */
    String stale() default "";

    /** When a value is loaded anew in the background: an age like {@code "7m"}, {@code "75%"} of the TTL, {@code "measured"}. */
    String early() default "";

    /** How long after its last use a key's value goes on to be loaded anew as {@link #early} says, without a call. */
    String whileUsedWithin() default "";

    /** How often a value may be served. */
    long hits() default Long.MAX_VALUE;

    /** The use from which the value is loaded anew in the background. */
    long refreshAfter() default Long.MAX_VALUE;

    /** With these, every call reaches the method, and the value found is served when it fails with one of them. */
    Class<? extends Exception>[] failover() default {};

    /** Failures that are an answer, and are remembered for {@link #negativeTtl}. */
    Class<? extends Exception>[] negative() default {};

    /** How long failures are remembered. */
    String negativeTtl() default "";

    /** The longest TTL of a {@code null} result or an empty {@code Optional}; {@code "0"} to store none. */
    String nullTtl() default "";

    /** What the entry can be invalidated by besides its key: templates as for keys, like {@code "user:{user.id}"}. */
    String[] tags() default {};

    /** The namespace of the entries, to be invalidated as a whole; none by default. */
    String namespace() default "";

    /** The form of the values in a store outside the process, like {@code "json"}; by default that of the store. */
    String codec() default "";

    /** How long a caller waits for a load when a value past its TTL is there to serve instead. */
    String softTimeout() default "";

    /** How long a caller waits for a load in any case. */
    String hardTimeout() default "";

    /** How long processes that share a store wait for the one that loads; {@code "0"} for not at all. Default 5 seconds. */
    String lease() default "";
}
