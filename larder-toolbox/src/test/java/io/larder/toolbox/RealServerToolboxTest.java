package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.cache.Larder;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Locks and limits on a server somebody started: {@code ./mvnw verify -pl larder-toolbox -am -Dlarder.memcached=host:port}. */
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
}
