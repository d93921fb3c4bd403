package io.larder.toolbox.annotation;

import io.larder.cache.spi.InterceptedBy;
import io.larder.cache.spi.Interceptor;
import io.larder.toolbox.AnnotatedTools;
import io.larder.toolbox.BreakerPolicy;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Refuses calls of a method at once while too many of the last ones have failed or were slow: they raise {@link
 * io.larder.toolbox.CircuitOpenException}, or fail the stage with it where the method returns one. A call has ended when its stage has.
 *
 * <pre>{@code
 * @CircuitBroken(key = "rates:{bank}", failureRate = 0.5, openFor = "30s", ignoring = NoSuchBankException.class)
 * Rate rate(String bank);
 * }</pre>
 *
 * <p>The same breaker as that of {@link io.larder.toolbox.Toolbox#circuitBreaker} with the same key and figures.
 *
 * @see io.larder.toolbox.BreakerPolicy
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@InterceptedBy(value = AnnotatedTools.class, at = Interceptor.Stage.LOAD_BREAKER)
public @interface CircuitBroken {
    /** Which calls of a cached method a breaker stands before; of other methods all in any case. */
    enum Guarded {
        /** Those the cache does not answer: hits pass, and a refused load is one that failed, so that a stale value may be served. */
        LOADS,

        /**
         * All of them: hits count as calls that went well, failures for which the cache served another value do not count, and while it
         * is open hits are refused, too.
         */
        CALLS
    }

    /** What is broken off: a key template over the method's parameters; without any, the method as a whole. */
    String key();

    /** Which calls it stands before, if the method is cached. */
    Guarded guards() default Guarded.LOADS;

    /** How many calls are looked back on, at most 1,000; 100 unless {@link #within} is given. */
    int lastCalls() default 0;

    /** How long is looked back, instead of on a number of calls: {@code "1m"}. */
    String within() default "";

    /** It does not open before so many calls; by default 10, or {@link #lastCalls} if that is less. */
    int callsMin() default 0;

    /** The share of failed calls from which it opens. */
    double failureRate() default 0.5;

    /** A call that takes so long is slow; by default none is. */
    String slowAfter() default "";

    /** The share of slow calls from which it opens. */
    double slowRate() default 1;

    /** How long it stays open before it lets probes pass. */
    String openFor() default "30s";

    /** How many probes then pass. */
    int probes() default 1;

    /** If any, only these exceptions are failures; others count as success. */
    Class<? extends Throwable>[] failingOn() default {};

    /** Exceptions that count neither as failure nor as success. */
    Class<? extends Throwable>[] ignoring() default {};

    /** How many keys it knows in this process; beyond, those least in use begin anew. */
    int keysMax() default BreakerPolicy.KEYS_DEFAULT;

    /** Whether all processes over the store open and close together, instead of each for itself. */
    boolean shared() default false;
}
