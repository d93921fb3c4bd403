package io.larder.cache.spi;

import io.larder.cache.Arguments;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * What an annotation does around the calls of a method, made once for the method. Thread-safe.
 *
 * @see InterceptedBy
 */
@FunctionalInterface
public interface Interceptor {
    /**
     * Goes on with a call, or refuses it by raising an exception.
     *
     * @param arguments of the method
     * @return what the caller gets: the answer of {@code next}, which may be a {@link java.util.concurrent.CompletionStage}
     * @throws Throwable what the method raises comes out as itself
     */
    @Nullable
    Object around(Arguments arguments, Next next) throws Throwable;

    /** The rest of a call. */
    @FunctionalInterface
    interface Next {
        /** Makes it; at most once. */
        @Nullable
        Object call() throws Throwable;
    }

    /**
     * Where it stands. A call goes through them from the first to the last, with the cache between {@link #BREAKER} and
     * {@link #LOAD_BREAKER}:
     *
     * <pre>
     *   caller ── RATE_LIMIT ── BREAKER ── cache, or invalidation ── LOAD_BREAKER ── LOCK ── the method
     * </pre>
     *
     * <p>Of two at the same place the one whose annotation has the lesser name is outside.
     */
    enum Stage {
        /** How many calls there may be. */
        RATE_LIMIT,

        /** Whether calls make sense, those too that the cache would answer. */
        BREAKER,

        /** Whether calls make sense that the cache did not answer. */
        LOAD_BREAKER,

        /** What only calls meet that the cache did not answer. */
        LOCK
    }

    /** Makes interceptors. A public class with a public constructor without parameters. */
    @FunctionalInterface
    interface Provider {
        /**
         * The interceptor of a method.
         *
         * @param annotation of a type that names this provider by {@link InterceptedBy}
         * @throws IllegalArgumentException if it cannot work; one line that says what to write. The annotation and the method
         *     are put before it
         */
        Interceptor of(Annotation annotation, Method method, Host host);

        /**
         * Where one annotation stands, if it has a word in it.
         *
         * @param usual what {@link InterceptedBy#at} says
         */
        default Stage at(Annotation annotation, Stage usual) {
            return usual;
        }
    }
}
