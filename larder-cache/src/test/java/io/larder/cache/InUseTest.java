package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys in use are loaded anew without a get. Time passes in tenths of a second; loads run in the test's own thread. */
@Timeout(120)
class InUseTest {
    enum Where {
        MEMORY,
        BYTES
    }

    private final FakeTicker ticker = new FakeTicker();
    private final Later timer = new Later(ticker);
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final List<Larder> opened = new ArrayList<>();
    private int loads;
    private Loader<Long, String> loader = key -> "load " + ++loads;

    private Larder larder(Where where) {
        LarderBuilder builder = Larder.builder()
                .url("mem:?size=50000")
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .timer(timer)
                .loadExecutor(Runnable::run);
        Larder larder = where == Where.MEMORY
                ? builder.open()
                : builder.store((Store<?>) bytes).open();
        opened.add(larder);
        return larder;
    }

    private CachedSpec<Long, String> spec(Larder larder) {
        return larder.cached("k:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10s")
                .early("3s")
                .whileUsedWithin("20s");
    }

    @AfterEach
    void close() {
        opened.forEach(Larder::close);
    }

    private void pass(int seconds) {
        for (int i = 0; i < 10 * seconds; i++) {
            timer.pass(Duration.ofMillis(100));
        }
    }

    private void failLoads() {
        loader = key -> {
            loads++;
            throw new IOException("down");
        };
    }

    @ParameterizedTest
    @EnumSource
    void whileUsedWithin_noGets_loadsEveryPeriodAndStopsInTheEnd(Where where) {
        Cached<Long, String> cached = spec(larder(where)).build();
        cached.get(1L);

        pass(13);
        assertThat(loads).isEqualTo(5); // at 0, and a little after 3, 6, 9 and 12
        assertThat(cached.get(1L)).isEqualTo("load 5");
        assertThat(cached.stats().misses()).isEqualTo(1);
        assertThat(cached.stats().refreshes()).isEqualTo(4);

        pass(60);
        assertThat(loads).isBetween(11, 12); // 20 seconds from the last get on, to 33
        assertThat(timer.waiting()).isZero();
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);

        cached.get(1L);
        int before = loads;
        pass(4);
        assertThat(loads).isEqualTo(before + 1); // and begins again
    }

    @ParameterizedTest
    @EnumSource
    void whileUsedWithin_loadsFail_pauseAndTheOldValueStaysToItsEnd(Where where) {
        Cached<Long, String> cached = spec(larder(where)).build();
        cached.get(1L);
        failLoads();

        pass(9);
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(loads).isEqualTo(4); // at 3, 4 and 6: the pauses are of 1, 2 and 4 seconds
        pass(2);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
        int before = loads;
        pass(5);

        assertThat(loads).isEqualTo(before); // what is not there any more is left to the next get
    }

    @ParameterizedTest
    @EnumSource
    void whileUsedWithin_staleAndTheLoaderRecovers_isFreshBeforeTheNextGet(Where where) {
        Cached<Long, String> cached = spec(larder(where)).stale("1m").build();
        cached.get(1L);
        Loader<Long, String> good = loader;
        failLoads();
        pass(12);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Stale.class);

        loader = good;
        pass(7); // pauses are of 1, 2, 4 and 8 seconds

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Fresh.class);
    }

    @ParameterizedTest
    @EnumSource
    void whileUsedWithin_invalidated_isLeftAloneUntilTheNextGet(Where where) {
        Cached<Long, String> cached = spec(larder(where)).build();
        cached.get(1L);
        cached.invalidate(1L);

        pass(10);
        assertThat(loads).isEqualTo(1);

        cached.get(1L);
        pass(4);
        assertThat(loads).isEqualTo(3);
    }

    @Test
    void whileUsedWithin_anotherProcessRefreshes_oneLoadAPeriod() {
        Cached<Long, String> one = spec(larder(Where.BYTES)).build();
        Cached<Long, String> other = spec(larder(Where.BYTES)).build();
        one.get(1L);
        pass(1);
        other.get(1L);

        pass(12);

        assertThat(loads).isEqualTo(5);
        assertThat(one.stats().refreshes() + other.stats().refreshes()).isEqualTo(4);
    }

    @Test
    void whileUsedWithin_storeIsDown_goesOnWhenItIsBack() {
        Cached<Long, String> cached = spec(larder(Where.BYTES)).build();
        cached.get(1L);
        bytes.down(true);
        pass(4);
        assertThat(loads).isEqualTo(1);

        bytes.down(false);
        pass(5);

        assertThat(loads).isGreaterThan(1);
    }

    @Test
    void whileUsedWithin_valueOfTheThread_isThatOfTheGet() {
        Cached<Long, String> cached = larder(Where.MEMORY)
                .cached("k:{@tenant}:{key}", Long.class, String.class, key -> KeyContext.value("tenant") + ++loads)
                .ttl("10s")
                .early("3s")
                .whileUsedWithin("20s")
                .tags("tenant:{@tenant}")
                .build();
        Scope scope = KeyContext.with("tenant", "acme");
        cached.get(1L);
        scope.close();

        pass(4);

        scope = KeyContext.with("tenant", "acme");
        assertThat(cached.get(1L)).isEqualTo("acme2");
        scope.close();
    }

    @Test
    void whileUsedWithin_switchedOff_loadsNothing() {
        Larder larder = larder(Where.MEMORY);
        Cached<Long, String> cached = spec(larder).build();
        cached.get(1L);
        larder.switchOff(true);

        pass(5);
        assertThat(loads).isEqualTo(1);

        larder.switchOff(false);
        pass(2);
        assertThat(loads).isEqualTo(2);
    }

    @Test
    void whileUsedWithin_getAll_countsAsUse() {
        Cached<Long, String> cached = spec(larder(Where.BYTES)).build();
        cached.getAll(List.of(1L, 2L));

        pass(4);

        assertThat(loads).isEqualTo(4);
    }

    @Test
    void whileUsedWithin_moreKeysThanAreRemembered_refreshesNoMore() {
        Cached<Long, String> cached = spec(larder(Where.MEMORY)).build();
        long keys = InUse.KEYS_MAX + 2000;
        for (long key = 0; key < keys; key++) {
            cached.get(key);
        }

        pass(5);

        assertThat(cached.stats().refreshes()).isBetween((long) InUse.KEYS_MAX / 2, (long) InUse.KEYS_MAX);
    }

    @Test
    void whileUsedWithin_ownThreads_refreshToo() {
        AtomicInteger count = new AtomicInteger();
        try (Larder larder = Larder.open("mem:")) {
            Cached<Long, Integer> cached = larder.cached(
                            "k:{key}", Long.class, Integer.class, key -> count.incrementAndGet())
                    .ttl("10m")
                    .early("30ms")
                    .whileUsedWithin("5m")
                    .build();
            cached.get(1L);

            Await.until("it is loaded anew without a get", () -> count.get() >= 3);
        }
    }

    interface Prices {
        @io.larder.cache.annotation.Cached(key = "price:{arg0}", ttl = "10s", early = "50%", whileUsedWithin = "1m")
        String price(long id);
    }

    @Test
    void annotation_whileUsedWithin_isTheSame() {
        Prices prices = larder(Where.MEMORY).proxy(Prices.class, id -> "price " + ++loads);
        prices.price(1);

        pass(11);

        assertThat(loads).isEqualTo(3);
        assertThat(prices.price(1)).isEqualTo("price 3");
    }

    @Test
    void build_withoutAPeriodOrAStop_isRefused() {
        Larder larder = larder(Where.MEMORY);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("k:{key}", Long.class, String.class, String::valueOf)
                        .ttl("10s")
                        .whileUsedWithin("1m")
                        .build())
                .withMessage("cached(\"k:{key}\"): whileUsedWithin needs early, as an age or a part of the ttl:"
                        + " the time between two loads; add early, like 75%");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(larder).whileUsedWithin("3s").build())
                .withMessage("cached(\"k:{key}\"): whileUsedWithin 3s is not longer than early 3s,"
                        + " so it would have no effect; write a longer one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(larder).whileUsedWithin("forever").build())
                .withMessageContaining("whileUsedWithin forever would load every key for ever");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> spec(larder).early("measured").build());
        assertThatIllegalArgumentException()
                .isThrownBy(
                        () -> spec(larder).early("50%").whileUsedWithin("5s").build());
    }
}
