package io.larder.toolbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.toolbox.annotation.RateLimited;
import io.larder.toolbox.annotation.SharedLock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What limits and locks count, and where it is listed. */
class ToolboxCountsTest {
    private static final LockPolicy MINUTE = LockPolicy.lease("1m");

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore store = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .store(store)
            .open();
    private final Toolbox toolbox = Toolbox.over(larder);

    interface Api {
        @RateLimited(key = "search:{user}", permits = 2, per = "1m")
        @SharedLock(key = "job:{user}", lease = "1m")
        String search(String user);
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void limit_counts_allowedRefusedAndWhatTheStoreCost() {
        RateLimit two = RateLimit.sliding(2, "1m");
        RateLimiter<String> limiter = toolbox.rateLimiter("search:{key}", String.class, two);
        for (int i = 0; i < 5; i++) {
            limiter.tryAcquire("ada");
        }
        store.down(true);
        limiter.acquire("ada");

        assertThat(limiter.stats()).isEqualTo(new LimitStats("search:{key}", two, 3, 1, 3, 1));
    }

    @Test
    void limit_refusingWhenTheStoreIsDown_countsARefusal() {
        RateLimit two = RateLimit.fixed(2, "1m").whenStoreDown(WhenDown.REFUSE);
        RateLimiter<String> limiter = toolbox.rateLimiter("search:{key}", String.class, two);
        store.down(true);

        limiter.tryAcquire("ada");

        assertThat(limiter.stats()).isEqualTo(new LimitStats("search:{key}", two, 0, 0, 1, 1));
    }

    @Test
    void lock_counts_takenRefusedLostAndFailures() {
        io.larder.toolbox.SharedLock<String> lock = toolbox.lock("job:{key}", String.class, MINUTE);
        Held held = lock.acquire("a");
        assertThat(lock.tryAcquire("a")).isEmpty();
        assertThatThrownBy(() -> lock.acquire("a")).isInstanceOf(LockNotAcquiredException.class);
        ticker.advance(Duration.ofMinutes(2));
        assertThatThrownBy(held::close).isInstanceOf(LeaseLostException.class);
        store.down(true);
        assertThatThrownBy(() -> lock.acquire("a")).isInstanceOf(LarderException.class);

        assertThat(lock.stats()).isEqualTo(new LockStats("job:{key}", MINUTE, 1, 2, 0, Duration.ZERO, 1, 1));
    }

    @Test
    void lock_waitedFor_countsTheWait() {
        LockPolicy waiting = MINUTE.waitUpTo("10s");
        Pauses fake = new Pauses() {
            @Override
            void pause(long nanos) {
                ticker.advance(Duration.ofNanos(nanos));
            }
        };
        io.larder.toolbox.SharedLock<String> lock = new io.larder.toolbox.SharedLock<>(
                larder.host(), larder.host().cells("lock", "job:{key}", String.class), "job:{key}", waiting, fake);
        Held held = lock.acquire("a");

        assertThatThrownBy(() -> lock.acquire("a")).isInstanceOf(LockNotAcquiredException.class);

        assertThat(lock.stats()).isEqualTo(new LockStats("job:{key}", waiting, 1, 1, 1, Duration.ofSeconds(10), 0, 0));
        held.close();
    }

    @Test
    void lists_haveThoseOfAnnotationsToo_theSameTogether() {
        Api api = larder.proxy(Api.class, user -> user);
        assertThat(api.search("ada")).isEqualTo("ada");
        toolbox.rateLimiter("search:{key}", String.class, RateLimit.sliding(2, "1m"))
                .acquire("ada");
        assertThatThrownBy(() -> api.search("ada")).isInstanceOf(RateLimitedException.class);
        toolbox.lock("job:{key}", String.class, MINUTE).acquire("ada").close();

        assertThat(toolbox.limits())
                .containsExactly(new LimitStats("search:{user}", RateLimit.sliding(2, "1m"), 2, 0, 1, 0));
        assertThat(toolbox.locks()).containsExactly(new LockStats("job:{user}", MINUTE, 2, 0, 0, Duration.ZERO, 0, 0));
    }

    @Test
    void limits_madeWithoutEnd_goOnWorkingUnlisted() {
        for (int i = 0; i < 1500; i++) {
            toolbox.rateLimiter("api" + i, String.class, RateLimit.fixed(1, "1m"));
        }

        RateLimiter<String> last = toolbox.rateLimiter("last", String.class, RateLimit.fixed(1, "1m"));
        assertThat(last.tryAcquire("").isAllowed()).isTrue();

        assertThat(last.stats().allowed()).isEqualTo(1);
        assertThat(toolbox.limits()).hasSize(1000);
    }
}
