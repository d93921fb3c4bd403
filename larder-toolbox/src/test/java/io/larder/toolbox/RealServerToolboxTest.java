package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.cache.Larder;
import java.io.IOException;
import java.util.UUID;
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

    private static boolean isRefused(CircuitBreaker<String> breaker, String key) {
        try {
            breaker.enter(key).ended(null);
            return false;
        } catch (CircuitOpenException e) {
            return true;
        }
    }

    @Test
    void breaker_twoProcesses_openAndCloseTogether() {
        String key = UUID.randomUUID().toString();
        BreakerPolicy policy = BreakerPolicy.lastCalls(1000)
                .callsMin(1000)
                .openFor("2s")
                .probes(2)
                .shared();
        try (Larder one = open();
                Larder two = open()) {
            CircuitBreaker<String> here = Toolbox.over(one).circuitBreaker("bank:{key}", String.class, policy);
            CircuitBreaker<String> there = Toolbox.over(two).circuitBreaker("bank:{key}", String.class, policy);
            assertThat(isRefused(there, key)).isFalse();
            for (int i = 0; i < 1000; i++) {
                here.enter(key).ended(i % 2 == 0 ? new IOException("down") : null);
            }

            Await.until("both are open", () -> isRefused(here, key) && isRefused(there, key));
            Await.until(
                    "both are closed",
                    () -> !isRefused(here, key) & !isRefused(there, key)
                            && here.state(key) == CircuitBreaker.State.CLOSED);
            assertThat(here.stats().storeFailures() + there.stats().storeFailures())
                    .isZero();
        }
    }
}
