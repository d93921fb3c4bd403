package io.larder.toolbox.annotation;

import io.larder.cache.spi.InterceptedBy;
import io.larder.cache.spi.Interceptor;
import io.larder.toolbox.AnnotatedTools;
import io.larder.toolbox.RateLimit;
import io.larder.toolbox.WhenDown;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lets so many calls of a method pass in so long, those too that the cache would answer. One too many raises {@link
 * io.larder.toolbox.RateLimitedException} before anything else is done; where the method returns a stage, the stage fails with it.
 *
 * <pre>{@code
 * @RateLimited(key = "search:{user.id}", permits = 100, per = "1m")
 * List<Hit> search(User user, String text);
 * }</pre>
 *
 * <p>The same limit as that of {@link io.larder.toolbox.Toolbox#rateLimiter} with the same key and figures.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@InterceptedBy(value = AnnotatedTools.class, at = Interceptor.Stage.RATE_LIMIT)
public @interface RateLimited {
    /** What is limited: a key template over the method's parameters; without any, all calls together. */
    String key();

    /** How many calls. */
    long permits();

    /** In how long: {@code "1s"}, {@code "1m"}. */
    String per();

    /** How they are counted. */
    RateLimit.Kind kind() default RateLimit.Kind.SLIDING;

    /** How many at once, for {@link RateLimit.Kind#GCRA}, which needs it; 0 for the other kinds. */
    long burst() default 0;

    /** How long who goes over the limit is refused: {@code "10m"}; empty for as long as the limit says. */
    String banFor() default "";

    /** What becomes of calls while the store that counts does not answer. */
    WhenDown whenStoreDown() default WhenDown.ALLOW;
}
