package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import io.larder.base.FakeTicker;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a hit costs where nobody listens to gets: no reading of the clock, no event. */
@Timeout(120)
class HitCostTest {
    private static final int CALLS = 5_000;
    private static final int ROUNDS_MAX = 20; // until it is compiled, for which a busy machine takes its time

    /** Of garbage for a hit: the key "v:1", as text and its bytes, and its writer. */
    private static final double BYTES_MAX = 400;

    private final AtomicInteger clockReads = new AtomicInteger();
    private final AtomicInteger tickerReads = new AtomicInteger();

    private LarderBuilder builder() {
        FakeTicker ticker = new FakeTicker();
        FakeClock clock = new FakeClock(ticker);
        return Larder.builder()
                .ticker(() -> {
                    tickerReads.incrementAndGet();
                    return ticker.nanos();
                })
                .clock(() -> {
                    clockReads.incrementAndGet();
                    return clock.instant();
                });
    }

    private static Cached<Long, String> warm(Larder larder) {
        Cached<Long, String> values = larder.cached("v:{key}", Long.class, String.class, key -> "value")
                .ttl("10m")
                .build();
        values.get(1L);
        return values;
    }

    private static void run(Cached<Long, String> values) {
        for (int i = 0; i < CALLS; i++) {
            if (!values.get(1L).equals("value")) {
                throw new AssertionError("a miss");
            }
        }
    }

    private static double bytesPerHit(Cached<Long, String> values, double enough) {
        return bytesPerCall(() -> run(values), enough);
    }

    private static double bytesPerCall(Runnable calls, double enough) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        double least = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS_MAX && least > enough; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            calls.run();
            least = Math.min(least, (double) (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
        }
        return least;
    }

    @Test
    void hit_withoutListener_readsNoClockAndBuildsNoEvent() {
        try (Larder larder = builder().open()) {
            Cached<Long, String> values = warm(larder);
            clockReads.set(0);
            tickerReads.set(0);

            run(values);

            assertThat(clockReads).hasValue(0);
            assertThat(tickerReads.get())
                    .as("the store's one, and some for its housekeeping")
                    .isLessThan(2 * CALLS);
            assertThat(bytesPerHit(values, BYTES_MAX)).isLessThanOrEqualTo(BYTES_MAX);
        }
    }

    @Test
    void hit_plainPolicy_allocatesNothingButTheKey() {
        try (Larder larder = builder().open()) {
            Cached<Long, String> values = warm(larder);
            double key = bytesPerCall(
                    () -> {
                        for (int i = 0; i < CALLS; i++) {
                            if (!values.key(1L).equals("v:1")) {
                                throw new AssertionError("another key");
                            }
                        }
                    },
                    0);

            assertThat(bytesPerHit(values, key)).isLessThanOrEqualTo(key + 1);
        }
    }

    @Test
    void hit_withAListenerThatDoesWithoutGets_costsWhatItCostsWithNone() {
        AtomicInteger loads = new AtomicInteger();
        AtomicInteger gets = new AtomicInteger();
        try (Larder larder = builder()
                        .listener(new CacheListener() {
                            @Override
                            public boolean hearsGets() {
                                return false;
                            }

                            @Override
                            public void onGet(CacheEvent.Get event) {
                                gets.incrementAndGet();
                            }

                            @Override
                            public void onLoadEnded(CacheEvent.LoadEnded event) {
                                loads.incrementAndGet();
                            }
                        })
                        .open();
                Larder none = builder().open()) {
            Cached<Long, String> heard = warm(larder);
            Cached<Long, String> unheard = warm(none);
            assertThat(loads).hasValue(1);
            clockReads.set(0);

            double without = bytesPerHit(unheard, 0);
            double with = bytesPerHit(heard, without);

            assertThat(with).isLessThanOrEqualTo(without + 1);
            assertThat(gets).hasValue(0);
            assertThat(clockReads).hasValue(0);
        }
    }

    @Test
    void hit_whileAnotherThreadIsInATransaction_readsNoClockAndBuildsNothingMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        try (Larder larder = builder().open();
                Larder none = builder().open()) {
            Cached<Long, String> beside = warm(larder);
            Cached<Long, String> alone = warm(none);
            FutureTask<Void> inside = new FutureTask<>(() -> larder.inTransaction(() -> {
                beside.put(1L, "uncommitted");
                begun.countDown();
                assertThat(over.await(60, TimeUnit.SECONDS)).isTrue();
                throw new IllegalStateException("rolled back");
            }));
            new Thread(inside).start();
            assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
            clockReads.set(0);

            double without = bytesPerHit(alone, 0);
            double with = bytesPerHit(beside, without);
            over.countDown();

            assertThat(with).isLessThanOrEqualTo(without + 1);
            assertThat(clockReads).hasValue(0);
            assertThatThrownBy(() -> inside.get(60, TimeUnit.SECONDS)).hasMessageContaining("rolled back");
        }
    }
}
