package io.larder.cache;

import io.larder.cache.spi.Interceptor;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A method of the user's with what its annotations put around it: the same for proxies of interfaces and for woven classes.
 *
 * <pre>
 *   caller ── OUTSIDE ── cache, or invalidation ── INSIDE ── the method
 * </pre>
 *
 * @param call the whole of it
 * @param function behind {@code @Cached}; null if the method has another annotation, or none
 * @param isPlain whether nothing is around the method
 */
record AnnotatedCall(
        MethodCall call, @Nullable CachedFunction<@Nullable Object, @Nullable Object> function, boolean isPlain) {
    /** What comes before the cache sees a call, the outermost first. */
    private static final List<Around> OUTSIDE =
            List.of(new Intercepting(Interceptor.Stage.RATE_LIMIT), new Intercepting(Interceptor.Stage.BREAKER));

    /** What only calls meet that the cache did not answer, the outermost first. */
    private static final List<Around> INSIDE =
            List.of(new Intercepting(Interceptor.Stage.LOAD_BREAKER), new Intercepting(Interceptor.Stage.LOCK));

    /**
     * Where the annotations are.
     *
     * @param api the type the method was asked of: its name begins default keys, and other methods are named beside it
     * @param isBound whether there is but one target: then the argument of its function is that of the method
     */
    record Site(Class<?> api, Method method, boolean isBound, Definitions definitions) {}

    /**
     * Reads the annotations of a method.
     *
     * @throws IllegalArgumentException if one of them cannot work; names the method and what to write
     */
    static AnnotatedCall of(Site site, MethodCall method) {
        MethodCall inner = allAround(INSIDE, site, method);
        CachedFunction<@Nullable Object, @Nullable Object> function = null;
        MethodCall middle = CachedAllMethod.around(site, inner);
        if (middle == inner) {
            middle = InvalidatingMethod.around(site, inner);
            CachedMethod annotated = CachedMethod.of(site);
            if (annotated != null) {
                function = annotated.function(site, inner);
                middle = annotated.around(site, function);
            }
        }
        MethodCall whole = allAround(OUTSIDE, site, middle);
        return new AnnotatedCall(whole, function, whole == method);
    }

    private static MethodCall allAround(List<Around> outermostFirst, Site site, MethodCall inner) {
        MethodCall call = inner;
        for (int i = outermostFirst.size() - 1; i >= 0; i--) {
            call = outermostFirst.get(i).around(site, call);
        }
        return call;
    }
}
