package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.cache.Larder;
import java.io.IOException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Locks, limits and breakers on a server somebody started: {@code ./mvnw verify -pl larder-toolbox -am -Dlarder.memcached=host:port}. */
@EnabledIfSystemProperty(named = "larder.memcached", matches = ".+:\\d+")
class RealServerToolboxTest {
    private static Larder open() {
        return Larder.open("memcached://" + System.getProperty("larder.memcached", "") + "?timeout=20s&connect=20s");
    }

    @Test
    void lock_twoProcesses_isHeldByOneAfterTheOther() {
        String key = UUID.randomUUID().toString();
        try (Larder one = open();
                Larder two = open()) {
            SharedLock<String> here = Toolbox.over(one).lock("job:{key}", String.class, LockPolicy.lease("5m"));
            SharedLock<String> there = Toolbox.over(two).lock("job:{key}", String.class, LockPolicy.lease("5m"));
            Held held = here.tryAcquire(key).orElseThrow();

            assertThat(there.tryAcquire(key)).isEmpty();
            held.renew();
            held.close();

            Held next = there.tryAcquire(key).orElseThrow();
            assertThat(next.fence()).isGreaterThan(held.fence());
            next.close();
        }
    }

    @Test
    void rateLimits_eachKind_passTheLimit() {
        String key = UUID.randomUUID().toString();
        try (Larder larder = open()) {
            for (RateLimit limit : new RateLimit[] {
                RateLimit.fixed(5, "300d"), RateLimit.sliding(5, "301d"), RateLimit.gcra(5, "1d", 5)
            }) {
                RateLimiter<String> limiter = Toolbox.over(larder).rateLimiter("api:{key}", String.class, limit);
                int allowed = 0;
                for (int i = 0; i < 9; i++) {
                    allowed += limiter.tryAcquire(key).isAllowed() ? 1 : 0;
                }
                assertThat(allowed).as("%s", limit.kind()).isEqualTo(5);
            }
        }
    }

    private static boolean isRefused(CircuitBreaker<String> breaker, String key, @Nullable Throwable outcome) {
        try {
            breaker.enter(key).ended(outcome);
            return false;
        } catch (CircuitOpenException e) {
            return true;
        }
    }

    private static CircuitBreaker<String> breaker(Larder larder, String openFor) {
        BreakerPolicy policy =
                BreakerPolicy.lastCalls(1000).openFor(openFor).probes(2).shared();
        return Toolbox.over(larder).circuitBreaker("bank:{key}", String.class, policy);
    }

    @Test
    void breaker_opensInOneProcess_isOpenInTheOther() {
        String key = UUID.randomUUID().toString();
        try (Larder one = open();
                Larder two = open()) {
            CircuitBreaker<String> here = breaker(one, "1h");
            CircuitBreaker<String> there = breaker(two, "1h");
            assertThat(isRefused(there, key, null)).isFalse();

            Await.until("it is open here", () -> isRefused(here, key, new IOException("down")));

            Await.until("it is open there", () -> isRefused(there, key, null));
            assertThat(here.stats().storeFailures() + there.stats().storeFailures())
                    .isZero();
        }
    }

    @Test
    void breaker_probesOfBothProcesses_closeItForBoth() {
        String key = UUID.randomUUID().toString();
        try (Larder one = open();
                Larder two = open()) {
            CircuitBreaker<String> here = breaker(one, "1s");
            CircuitBreaker<String> there = breaker(two, "1s");
            Await.until("it is open", () -> isRefused(here, key, new IOException("down")));

            Await.until("it is closed, and both know", () -> {
                boolean refusedThere = isRefused(there, key, null);
                boolean refusedHere = isRefused(here, key, null);
                return !refusedThere && !refusedHere && here.state(key) == CircuitBreaker.State.CLOSED;
            });
            assertThat(here.stats().opened()).isEqualTo(1);
            assertThat(there.stats().opened()).isZero();
        }
    }
}
