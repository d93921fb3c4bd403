package io.larder.toolbox;

import io.larder.base.DurationText;
import io.larder.cache.Arguments;
import io.larder.cache.spi.CellSpace;
import io.larder.cache.spi.Host;
import io.larder.cache.spi.Interceptor;
import io.larder.toolbox.annotation.CircuitBroken;
import io.larder.toolbox.annotation.RateLimited;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;

/** Stands behind the annotations of {@code io.larder.toolbox.annotation}, which name it; of no other use. */
public final class AnnotatedTools implements Interceptor.Provider {
    private static final int CALLS_DEFAULT = 100;

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
        if (annotation instanceof CircuitBroken broken) {
            return broken(broken, method, host, results);
        }
        throw new IllegalArgumentException("it is none of the toolbox");
    }

    @Override
    public Interceptor.Stage at(Annotation annotation, Interceptor.Stage usual) {
        return annotation instanceof CircuitBroken broken && broken.guards() == CircuitBroken.Guarded.CALLS
                ? Interceptor.Stage.BREAKER
                : usual;
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
                new RateLimiter<>(host, host.cells(Toolbox.RATE, limited.key(), method), limited.key(), limit);
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
        SharedLock<Arguments> lock = new SharedLock<>(
                host, host.cells(Toolbox.LOCK, locked.key(), method), locked.key(), policy, new Pauses());
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

    private static Interceptor broken(CircuitBroken broken, Method method, Host host, Results results) {
        BreakerPolicy policy = policy(broken);
        CellSpace<Arguments> space = broken.shared()
                ? host.cells(Toolbox.BREAKER, broken.key(), method)
                : host.processCells(Toolbox.BREAKER, broken.key(), method);
        CircuitBreaker<Arguments> breaker = new CircuitBreaker<>(host, space, broken.key(), policy);
        return (arguments, next) -> {
            Passage passage;
            try {
                passage = breaker.enter(arguments);
            } catch (RefusedException e) {
                return results.refused(e);
            }
            return results.ending(next, passage::ended);
        };
    }

    private static BreakerPolicy policy(CircuitBroken broken) {
        boolean looksOnTime = !broken.within().isEmpty();
        if (broken.lastCalls() != 0 && looksOnTime) {
            throw new IllegalArgumentException("lastCalls and within are both given; keep one of them");
        }
        if (broken.slowAfter().isEmpty() && broken.slowRate() < 1) {
            throw new IllegalArgumentException(
                    "slowRate is the share of calls slower than slowAfter; write slowAfter = \"2s\", or remove it");
        }
        int calls = broken.lastCalls() == 0 ? CALLS_DEFAULT : broken.lastCalls();
        BreakerPolicy policy = looksOnTime ? BreakerPolicy.within(broken.within()) : BreakerPolicy.lastCalls(calls);
        if (broken.callsMin() != 0) {
            policy = policy.callsMin(broken.callsMin());
        }
        if (!broken.slowAfter().isEmpty()) {
            policy = policy.slow(broken.slowAfter(), broken.slowRate());
        }
        policy = policy.failureRate(broken.failureRate())
                .openFor(broken.openFor())
                .probes(broken.probes())
                .failingOn(List.of(broken.failingOn()))
                .ignoring(List.of(broken.ignoring()))
                .keysMax(broken.keysMax());
        return broken.shared() ? policy.shared() : policy;
    }
}
