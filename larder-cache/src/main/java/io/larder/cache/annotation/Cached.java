package io.larder.cache.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Caches what a method of an interface returns, once {@link io.larder.cache.Larder#proxy} stands in front of its
 * implementation. A {@code null} result is cached like any other; an exception is not, and reaches the caller as itself.
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
}
