package io.larder.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.Cached;
import io.larder.cache.FakeByteStore;
import io.larder.cache.FakeClock;
import io.larder.cache.Larder;
import io.larder.cache.LarderBuilder;
import io.larder.cache.Later;
import io.larder.cache.Loader;
import io.larder.cache.spi.Store;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which meters there are, what they say, and when they come and go. */
class LarderMetersTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final MeterRegistry registry = new SimpleMeterRegistry();
    private Loader<Long, String> loader = key -> "value";
    private Larder larder = memory();

    private LarderBuilder builder() {
        return Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .timer(new Later(ticker))
                .listener(new LarderMeters(registry, Tags.of("app", "shop")));
    }

    private Larder memory() {
        return builder().url("mem:?size=10").open();
    }

    private void outside() {
        larder.close();
        larder = builder().store((Store<?>) bytes).open();
    }

    private Cached<Long, String> values() {
        return larder.cached("v:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10s")
                .stale("1h")
                .namespace("n")
                .jitter(0)
                .build();
    }

    @AfterEach
    void close() {
        larder.close();
    }

    private double count(String name, String... tags) {
        return registry.get(name).tags(tags).functionCounter().count();
    }

    @Test
    void gets_byResultAndLevel_areCounted() {
        Cached<Long, String> values = values();
        values.get(1L);
        values.get(1L);
        values.get(1L);
        ticker.advance(Duration.ofSeconds(11));
        loader = key -> {
            throw new IllegalStateException("down");
        };
        values.get(1L);

        assertThat(count("cache.gets", "function", "v:{key}", "result", "hit", "level", "process"))
                .isEqualTo(2);
        assertThat(count("cache.gets", "result", "hit", "level", "store")).isZero();
        assertThat(count("cache.gets", "result", "miss", "namespace", "n", "app", "shop"))
                .isEqualTo(1);
        assertThat(count("cache.gets", "result", "stale")).isEqualTo(1);
        assertThat(count("cache.failsafe")).isEqualTo(1);
    }

    @Test
    void loads_areTimedByOutcome() {
        loader = key -> {
            ticker.advance(Duration.ofMillis(key));
            if (key > 50) {
                throw new IllegalStateException("down");
            }
            return "value";
        };
        Cached<Long, String> values = values();
        values.get(20L);
        values.get(30L);
        assertThatThrownBy(() -> values.get(70L)).isInstanceOf(IllegalStateException.class);

        Timer good = registry.get("cache.loads").tags("outcome", "value").timer();
        Timer failed = registry.get("cache.loads").tags("outcome", "failed").timer();

        assertThat(good.count()).isEqualTo(2);
        assertThat(good.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(50);
        assertThat(good.max(TimeUnit.MILLISECONDS)).isEqualTo(30);
        assertThat(failed.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(70);
    }

    @Test
    void functions_definedLater_appearOnce() {
        values();
        values();
        assertThat(registry.find("cache.gets").tags("function", "later:{key}").meters())
                .isEmpty();

        larder.cached("later:{key}", Long.class, String.class, key -> "value")
                .ttl("10s")
                .build()
                .get(1L);

        assertThat(registry.find("cache.gets").tags("result", "miss").meters()).hasSize(2);
        assertThat(count("cache.gets", "function", "later:{key}", "result", "miss"))
                .isEqualTo(1);
    }

    @Test
    void memory_tellsEntriesAndEvictions() {
        Cached<Long, String> values = values();
        for (long key = 0; key < 30; key++) {
            values.get(key);
        }

        assertThat(count("cache.evictions", "cause", "size", "store", "mem:")).isPositive();
        assertThat(count("cache.evictions", "cause", "expired")).isZero();
        assertThat(registry.get("cache.entries").gauge().value()).isBetween(1.0, 11.0);
    }

    @Test
    void storeOutside_tellsBreakerAndRecovery() {
        outside();
        Cached<Long, String> values = values();
        assertThat(registry.get("cache.breaker").gauge().value()).isZero();
        bytes.down(true);
        for (int i = 0; i < 10; i++) {
            values.get(1L);
        }
        values.invalidate(1L);

        assertThat(registry.get("cache.breaker")
                        .tags("store", "FakeByteStore")
                        .gauge()
                        .value())
                .isEqualTo(1);
        assertThat(registry.get("cache.recovery.queue").gauge().value()).isPositive();
        assertThat(count("cache.gets", "result", "unavailable")).isEqualTo(10);
        assertThat(count("cache.store.failures")).isPositive();
    }

    @Test
    void close_takesAllMetersAway() {
        values().get(1L);
        assertThat(registry.getMeters()).isNotEmpty();

        larder.close();
        larder.close();

        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    void tags_ofOneName_areTheSameKeys() {
        outside();
        values().get(1L);

        assertThat(registry.getMeters().stream()
                        .collect(Collectors.groupingBy(
                                meter -> meter.getId().getName(),
                                Collectors.mapping(LarderMetersTest::keys, Collectors.toSet())))
                        .values())
                .allSatisfy(keys -> assertThat(keys).hasSize(1)); // or Prometheus would refuse them
    }

    private static Set<String> keys(Meter meter) {
        return meter.getId().getTags().stream().map(tag -> tag.getKey()).collect(Collectors.toSet());
    }
}
