package io.larder.toolbox.annotation;

import io.larder.cache.spi.InterceptedBy;
import io.larder.cache.spi.Interceptor;
import io.larder.toolbox.AnnotatedTools;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets one call of a method run at a time, over all processes that share the store. A call the cache answers takes no lock. One
 * that does not get the lock in time raises {@link io.larder.toolbox.LockNotAcquiredException} and has not run.
 *
 * <pre>{@code
 * @SharedLock(key = "invoice:{orderId}", lease = "30s", waitUpTo = "5s")
 * Invoice bill(long orderId);
 * }</pre>
 *
 * <p>Held until the method has returned, or its stage has ended; the wait for it holds up the calling thread in any case. A method that
 * took longer than the lease has run, and its caller gets a {@link io.larder.toolbox.LeaseLostException}: another may have worked at
 * the same time. Who needs the fencing number takes the lock by {@link io.larder.toolbox.Toolbox#lock}; with the same key and lease it
 * is the same lock. Not reentrant: a call within a call for the same key waits for itself.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@InterceptedBy(value = AnnotatedTools.class, at = Interceptor.Stage.LOCK)
public @interface SharedLock {
    /** What is locked: a key template over the method's parameters; without any, the method as a whole. */
    String key();

    /** After so long the lock is free again, whatever became of the call: {@code "30s"}. */
    String lease();

    /** How long a call waits for the lock; by default not at all. */
    String waitUpTo() default "";
}
