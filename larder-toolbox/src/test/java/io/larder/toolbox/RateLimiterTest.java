package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clock begins at the start of a minute. */
class RateLimiterTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = open();

    private Larder open() {
        return Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .store(store)
                .open();
    }

    @AfterEach
    void close() {
        larder.close();
    }

    private RateLimiter<String> limiter(RateLimit limit) {
        return Toolbox.over(larder).rateLimiter("api:{key}", String.class, limit);
    }

    private static RateLimit limit(RateLimit.Kind kind, long permits, String period) {
        return switch (kind) {
            case FIXED -> RateLimit.fixed(permits, period);
            case SLIDING -> RateLimit.sliding(permits, period);
            case GCRA -> RateLimit.gcra(permits, period, permits);
        };
    }

    private static int allowed(RateLimiter<String> limiter, int calls) {
        int allowed = 0;
        for (int i = 0; i < calls; i++) {
            allowed += limiter.tryAcquire("ada").isAllowed() ? 1 : 0;
        }
        return allowed;
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void tryAcquire_upToTheLimit_countsDownThenRefuses(RateLimit.Kind kind) {
        RateLimiter<String> limiter = limiter(limit(kind, 3, "1m"));

        assertThat(limiter.tryAcquire("ada")).isEqualTo(new Admission.Allowed(2, true));
        assertThat(limiter.tryAcquire("ada")).isEqualTo(new Admission.Allowed(1, true));
        assertThat(limiter.tryAcquire("ada")).isEqualTo(new Admission.Allowed(0, true));
        assertThat(limiter.tryAcquire("ada").isAllowed()).isFalse();
        assertThat(limiter.tryAcquire("bob").isAllowed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void tryAcquire_afterWhatWasSaid_isAllowedAndNotBefore(RateLimit.Kind kind) {
        RateLimiter<String> limiter = limiter(limit(kind, 4, "1m"));
        ticker.advance(Duration.ofSeconds(20));
        assertThat(allowed(limiter, 6)).isEqualTo(4);
        Duration wait = ((Admission.Refused) limiter.tryAcquire("ada")).retryAfter();

        ticker.advance(wait.minusMillis(1));
        assertThat(limiter.tryAcquire("ada").isAllowed()).isFalse();
        ticker.advance(Duration.ofMillis(1));
        assertThat(limiter.tryAcquire("ada").isAllowed()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void tryAcquire_severalPermits_takesAllOrNone(RateLimit.Kind kind) {
        RateLimiter<String> limiter = limiter(limit(kind, 5, "1m"));

        assertThat(limiter.tryAcquire("ada", 3).isAllowed()).isTrue();
        assertThat(limiter.tryAcquire("ada", 3).isAllowed()).isFalse();
        assertThat(limiter.tryAcquire("ada", 2)).isEqualTo(new Admission.Allowed(0, true));
        assertThatThrownBy(() -> limiter.tryAcquire("ada", 6))
                .hasMessage("permits must be from 1 to 5, the limit; was 6");
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void tryAcquire_burstOfManyThreadsInTwoProcesses_passesExactlyTheLimit(RateLimit.Kind kind) throws Exception {
        RateLimiter<String> here = limiter(limit(kind, 50, "1m"));
        try (Larder second = open()) {
            RateLimiter<String> there =
                    Toolbox.over(second).rateLimiter("api:{key}", String.class, limit(kind, 50, "1m"));
            List<Callable<Integer>> callers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RateLimiter<String> limiter = i % 2 == 0 ? here : there;
                callers.add(() -> allowed(limiter, 40));
            }
            ExecutorService threads = Executors.newFixedThreadPool(8);
            int sum = 0;
            for (Future<Integer> caller : threads.invokeAll(callers)) {
                sum += caller.get();
            }
            threads.shutdown();

            assertThat(sum).isLessThanOrEqualTo(50); // a refused one takes back, which may refuse another for a moment
            assertThat(sum + allowed(here, 50)).isEqualTo(50);
        }
    }

    @Test
    void fixed_nextPeriod_beginsAnew() {
        RateLimiter<String> limiter = limiter(RateLimit.fixed(3, "1m"));
        ticker.advance(Duration.ofSeconds(59));
        assertThat(allowed(limiter, 5)).isEqualTo(3);

        ticker.advance(Duration.ofSeconds(1));

        assertThat(allowed(limiter, 5)).isEqualTo(3);
    }

    @Test
    void sliding_nextPeriod_countsTheShareOfTheLast() {
        RateLimiter<String> limiter = limiter(RateLimit.sliding(100, "1m"));
        assertThat(allowed(limiter, 60)).isEqualTo(60);

        ticker.advance(Duration.ofSeconds(75)); // 60 * 45 / 60 = 45 of them count

        assertThat(allowed(limiter, 100)).isEqualTo(55);
    }

    @Test
    void sliding_refusedCalls_doNotCount() {
        RateLimiter<String> limiter = limiter(RateLimit.sliding(10, "1m"));
        assertThat(allowed(limiter, 1000)).isEqualTo(10);

        ticker.advance(Duration.ofMinutes(2));

        assertThat(allowed(limiter, 1000)).isEqualTo(10);
    }

    @Test
    void gcra_steadyRate_passesAndBurstIsSavedUp() {
        RateLimiter<String> limiter = limiter(RateLimit.gcra(60, "1m", 5));
        assertThat(allowed(limiter, 10)).isEqualTo(5);
        for (int second = 0; second < 20; second++) {
            ticker.advance(Duration.ofSeconds(1));
            assertThat(allowed(limiter, 3)).isEqualTo(1);
        }

        ticker.advance(Duration.ofMinutes(5));

        assertThat(allowed(limiter, 10)).isEqualTo(5);
    }

    @Test
    void storeDown_saidWhat_isDone() {
        RateLimiter<String> open = limiter(RateLimit.fixed(1, "1m"));
        RateLimiter<String> closed = limiter(RateLimit.fixed(1, "1m").whenStoreDown(WhenDown.REFUSE));
        RateLimiter<String> local = limiter(RateLimit.fixed(1, "1m").whenStoreDown(WhenDown.LOCAL));
        store.down(true);

        assertThat(open.tryAcquire("ada")).isEqualTo(new Admission.Allowed(0, false));
        assertThat(closed.tryAcquire("ada")).isEqualTo(new Admission.Refused(Duration.ofSeconds(1)));
        assertThat(local.tryAcquire("ada").isAllowed()).isTrue();
        assertThat(local.tryAcquire("ada").isAllowed()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void banFor_overTheLimit_isRefusedUntilTheBanEnds(RateLimit.Kind kind) {
        RateLimiter<String> limiter = limiter(limit(kind, 3, "1m").banFor("10m"));
        assertThat(allowed(limiter, 3)).isEqualTo(3);

        assertThat(limiter.tryAcquire("ada")).isEqualTo(new Admission.Refused(Duration.ofMinutes(10)));
        assertThat(limiter.tryAcquire("bob").isAllowed()).isTrue();
        ticker.advance(Duration.ofMinutes(3));
        assertThat(limiter.tryAcquire("ada"))
                .as("the limit alone would let it pass")
                .isEqualTo(new Admission.Refused(Duration.ofMinutes(7)));
        try (Larder second = open()) {
            RateLimiter<String> there = Toolbox.over(second)
                    .rateLimiter("api:{key}", String.class, limit(kind, 3, "1m").banFor("10m"));
            assertThat(there.tryAcquire("ada").isAllowed()).isFalse();
        }
        ticker.advance(Duration.ofMinutes(7));

        assertThat(allowed(limiter, 3)).as("and nothing was counted").isEqualTo(3);
    }

    @ParameterizedTest
    @EnumSource(RateLimit.Kind.class)
    void banFor_shorterThanTheLimitSays_isRefusedAsLongAsThat(RateLimit.Kind kind) {
        RateLimiter<String> limiter = limiter(limit(kind, 1, "1m").banFor("1s"));
        assertThat(allowed(limiter, 1)).isEqualTo(1);

        Duration wait = ((Admission.Refused) limiter.tryAcquire("ada")).retryAfter();

        assertThat(wait).isGreaterThanOrEqualTo(Duration.ofMinutes(1));
        ticker.advance(wait);
        assertThat(limiter.tryAcquire("ada").isAllowed()).isTrue();
    }

    @Test
    void banFor_storeDown_isAsTheLimitSaysThen() {
        RateLimiter<String> open = limiter(RateLimit.fixed(1, "1m").banFor("10m"));
        RateLimiter<String> local =
                limiter(RateLimit.fixed(1, "1m").banFor("10m").whenStoreDown(WhenDown.LOCAL));
        store.down(true);

        assertThat(open.tryAcquire("ada")).isEqualTo(new Admission.Allowed(0, false));
        assertThat(local.tryAcquire("ada").isAllowed()).isTrue();
        assertThat(local.tryAcquire("ada")).isEqualTo(new Admission.Refused(Duration.ofMinutes(10)));
        ticker.advance(Duration.ofMinutes(5));
        assertThat(local.tryAcquire("ada")).isEqualTo(new Admission.Refused(Duration.ofMinutes(5)));
    }

    @Test
    void acquire_overTheLimit_saysWhenToTryAgain() {
        RateLimiter<String> limiter = limiter(RateLimit.fixed(1, "1m"));
        limiter.acquire("ada");

        assertThatThrownBy(() -> limiter.acquire("ada"))
                .isInstanceOfSatisfying(
                        RateLimitedException.class,
                        e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMinutes(1)))
                .hasMessage("~rate:api:ada is over its rate limit; try again in 60000 ms");
    }

    @Test
    void rateLimit_misuse_isRefusedInOneLine() {
        assertThatThrownBy(() -> RateLimit.fixed(0, "1m")).hasMessage("permits must be from 1 to 1000000000, was 0");
        assertThatThrownBy(() -> RateLimit.sliding(1, "0"))
                .hasMessageContaining("period must be from 1 ms to 366 days");
        assertThatThrownBy(() -> RateLimit.fixed(1, "1m").banFor("367d"))
                .hasMessage("banFor must be at most 366 days, was PT8808H; write \"10m\"");
        assertThatThrownBy(() -> RateLimit.gcra(1, "1d", 1000)).hasMessageContaining("more than a year to save up");
        assertThatThrownBy(() -> Toolbox.over(larder).rateLimiter("api:{nam}", String.class, RateLimit.fixed(1, "1m")))
                .hasMessageStartingWith("key template \"api:{nam}\" uses {nam}");
    }
}
