package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What functions and stores count, beyond hits and misses. */
class StatsTest {
    private final FakeTicker ticker = new FakeTicker();
    private Loader<Long, String> loader = key -> "value";

    private LarderBuilder builder() {
        return Larder.builder().ticker(ticker).clock(new FakeClock(ticker)).random(() -> 0);
    }

    private CachedSpec<Long, String> spec(Larder larder) {
        return larder.cached("v:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10s")
                .jitter(0);
    }

    private void fail(RuntimeException failure) {
        loader = key -> {
            throw failure;
        };
    }

    @Test
    void loads_byOutcome_areCounted() {
        try (Larder larder = builder().open()) {
            Cached<Long, String> values = spec(larder)
                    .stale("1h")
                    .negative(NoSuchElementException.class, "1s")
                    .build();
            values.get(1L);
            ticker.advance(Duration.ofSeconds(11));
            fail(new IllegalStateException("down"));
            values.get(1L); // the old value
            assertThatThrownBy(() -> values.get(2L)).isInstanceOf(IllegalStateException.class);
            fail(new NoSuchElementException("none"));
            assertThatThrownBy(() -> values.get(3L)).isInstanceOf(NoSuchElementException.class);

            CacheStats stats = values.stats();

            assertThat(stats.loads()).isEqualTo(4);
            assertThat(stats.loadFailures()).isEqualTo(3);
            assertThat(stats.excusedLoads()).isEqualTo(1);
            assertThat(stats.negativeLoads()).isEqualTo(1);
            assertThat(stats.staleHits()).isEqualTo(1);
        }
    }

    @Test
    void loadTime_ofTwoFunctions_isSummedAndItsMaximumKept() {
        try (Larder larder = builder().open()) {
            larder.cached("a:{key}", Long.class, String.class, key -> slow(30))
                    .ttl("10s")
                    .build()
                    .get(1L);
            Cached<Long, String> b = larder.cached("b:{key}", Long.class, String.class, key -> slow(50))
                    .ttl("10s")
                    .build();
            b.get(1L);
            b.get(2L);

            assertThat(larder.stats().loadTime()).isEqualTo(Duration.ofMillis(130));
            assertThat(larder.stats().loadTimeMax()).isEqualTo(Duration.ofMillis(50));
        }
    }

    private String slow(long millis) {
        ticker.advance(Duration.ofMillis(millis));
        return "value";
    }

    @Test
    void nearHits_countOnlyWhatWasSeenInThisProcess() {
        try (Larder near = builder().open();
                Larder far =
                        builder().store((Store<?>) new FakeByteStore(ticker)).open()) {
            for (Larder larder : List.of(near, far)) {
                Cached<Long, String> values = spec(larder).build();
                values.get(1L);
                values.get(1L);
                assertThat(values.getAll(List.of(1L))).containsEntry(1L, "value");
            }

            assertThat(near.stats().hits()).isEqualTo(2);
            assertThat(near.stats().nearHits()).isEqualTo(2);
            assertThat(far.stats().hits()).isEqualTo(2);
            assertThat(far.stats().nearHits()).isZero();
        }
    }

    @Test
    void functions_listsEachTemplateOnceWithItsPlace() {
        try (Larder larder = builder().route("s:", "null:").open()) {
            spec(larder).namespace("values").build().get(1L);
            spec(larder).namespace("values").build();
            larder.cached("s:{key}", Long.class, String.class, key -> "value")
                    .forever()
                    .build();

            List<FunctionStats> functions = larder.functions();

            assertThat(functions).extracting(FunctionStats::function).containsExactly("s:{key}", "v:{key}");
            assertThat(functions).extracting(FunctionStats::route).containsExactly("s:", "");
            assertThat(functions).extracting(FunctionStats::store).containsExactly("null:", "mem:");
            assertThat(functions).extracting(FunctionStats::namespace).containsExactly("", "values");
            assertThat(functions.get(1).stats()).isEqualTo(larder.stats());
        }
    }

    @Test
    void stores_tellWhatTheyEvictedAndDropped() {
        try (Larder larder = builder().url("mem:?size=10").open()) {
            Cached<Long, String> values = spec(larder).build();
            for (long key = 0; key < 30; key++) {
                values.get(key);
            }
            StoreStats full = larder.stores().get(0);
            ticker.advance(Duration.ofMinutes(1));
            values.get(100L); // housekeeping comes with a write

            assertThat(full.store()).isEqualTo("mem:");
            assertThat(full.entries()).isEqualTo(10);
            assertThat(full.evictions()).isEqualTo(20);
            assertThat(full.expirations()).isZero();
            assertThat(larder.stores().get(0).expirations()).isEqualTo(10);
        }
    }

    @Test
    void stores_outside_tellNothing() {
        try (Larder larder =
                builder().store((Store<?>) new FakeByteStore(ticker)).open()) {
            assertThat(larder.stores()).isEmpty();
        }
    }
}
