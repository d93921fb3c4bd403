package io.larder.toolbox;

import io.larder.base.DurationText;
import io.larder.cache.Arguments;
import io.larder.cache.spi.Host;
import io.larder.cache.spi.Interceptor;
import io.larder.toolbox.annotation.RateLimited;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;

/** Stands behind the annotations of {@code io.larder.toolbox.annotation}, which name it; of no other use. */
public final class AnnotatedTools implements Interceptor.Provider {
    /** For the framework. */
    public AnnotatedTools() {}

    @Override
    public Interceptor of(Annotation annotation, Method method, Host host) {
        Results results = Results.of(method);
        if (annotation instanceof RateLimited limited) {
            return limited(limited, method, host, results);
        }
        if (annotation instanceof io.larder.toolbox.annotation.SharedLock locked) {
            return locked(locked, method, host, results);
        }
        throw new IllegalArgumentException("it is none of the toolbox");
    }

    private static Interceptor limited(RateLimited limited, Method method, Host host, Results results) {
        boolean isGcra = limited.kind() == RateLimit.Kind.GCRA;
        if (isGcra != (limited.burst() != 0)) {
            throw new IllegalArgumentException(
                    isGcra
                            ? "kind GCRA needs burst, how many at once; write burst = 20"
                            : "burst is for kind GCRA only; remove it, or write kind = GCRA");
        }
        RateLimit limit = new RateLimit(
                limited.kind(),
                limited.permits(),
                DurationText.parse(limited.per()),
                isGcra ? limited.burst() : limited.permits(),
                limited.whenStoreDown(),
                limited.banFor().isEmpty() ? Duration.ZERO : DurationText.parse(limited.banFor()));
        RateLimiter<Arguments> limiter =
                new RateLimiter<>(host, host.cells(Toolbox.RATE, limited.key(), method), limit);
        return (arguments, next) -> {
            try {
                limiter.acquire(arguments);
            } catch (RefusedException e) {
                return results.refused(e);
            }
            return next.call();
        };
    }

    private static Interceptor locked(
            io.larder.toolbox.annotation.SharedLock locked, Method method, Host host, Results results) {
        LockPolicy policy = LockPolicy.lease(locked.lease());
        if (!locked.waitUpTo().isEmpty()) {
            policy = policy.waitUpTo(locked.waitUpTo());
        }
        SharedLock<Arguments> lock =
                new SharedLock<>(host, host.cells(Toolbox.LOCK, locked.key(), method), policy, new Pauses());
        return (arguments, next) -> {
            Held held;
            try {
                held = lock.acquire(arguments);
            } catch (RefusedException e) {
                return results.refused(e);
            }
            return results.ending(next, failure -> held.close());
        };
    }
}
