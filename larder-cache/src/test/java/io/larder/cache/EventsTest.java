package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a listener is told, over a store outside the process; background loads and the timer run when the test says so. */
class EventsTest {
    private static final Logger LOG = Logger.getLogger("io.larder.cache"); // held, or its level would be forgotten

    private final FakeTicker ticker = new FakeTicker();
    private final Later later = new Later(ticker);
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final RecordingListener heard = new RecordingListener();
    private final Larder larder = open(heard);
    private Loader<Long, String> loader = key -> {
        ticker.advance(Duration.ofMillis(3));
        return "value " + key;
    };

    @AfterEach
    void close() {
        larder.close();
    }

    private Larder open(CacheListener listener) {
        return Larder.builder()
                .ticker(ticker)
                .clock(new FakeClock(ticker))
                .random(() -> 0)
                .timer(later)
                .loadExecutor(background::add)
                .store((Store<?>) bytes)
                .listener(listener)
                .open();
    }

    private CachedSpec<Long, String> spec(Larder over) {
        return over.cached("v:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10s")
                .jitter(0);
    }

    private static CacheEvent.Get got(Detector.Outcome outcome, Detector.Level level) {
        return new CacheEvent.Get("v:{key}", "v:1", outcome, level);
    }

    private static CacheEvent.LoadEnded ended(LoadOutcome outcome, boolean refresh) {
        return new CacheEvent.LoadEnded("v:{key}", "v:1", 1, refresh, Duration.ofMillis(3), outcome);
    }

    private void fail(RuntimeException failure) {
        loader = key -> {
            ticker.advance(Duration.ofMillis(3));
            throw failure;
        };
    }

    @Test
    void opening_definingAndClosing_areToldOnceEach() {
        List<String> told = new ArrayList<>();
        Larder over = open(new CacheListener() {
            @Override
            public void onOpened(Larder opened) {
                told.add("opened " + opened.functions().size());
            }

            @Override
            public void onDefined(CacheEvent.Defined event) {
                told.add(event.function() + " in " + event.store() + " with "
                        + event.stats().get().loads());
            }

            @Override
            public void onClosed() {
                told.add("closed");
            }
        });
        spec(over).build();
        spec(over).build();

        over.close();
        over.close();

        assertThat(told).containsExactly("opened 0", "v:{key} in FakeByteStore with 0", "closed");
    }

    @Test
    void get_missThenHit_tellsBothAndTheLoad() {
        Cached<Long, String> values = spec(larder).build();

        values.get(1L);
        values.get(1L);

        assertThat(heard.of(CacheEvent.Get.class))
                .containsExactly(
                        got(Detector.Outcome.MISS, Detector.Level.LOADER),
                        got(Detector.Outcome.HIT, Detector.Level.STORE));
        assertThat(heard.of(CacheEvent.LoadBegun.class))
                .containsExactly(new CacheEvent.LoadBegun("v:{key}", "v:1", 1, false));
        assertThat(heard.of(CacheEvent.LoadEnded.class)).containsExactly(ended(LoadOutcome.VALUE, false));
    }

    @Test
    void load_failsWithAnOldValueThere_isExcusedAndTheGetStale() {
        Cached<Long, String> values = spec(larder).stale("1h").build();
        values.get(1L);
        ticker.advance(Duration.ofSeconds(11));
        heard.clear();
        fail(new UncheckedIOException(new java.io.IOException("down")));

        values.get(1L);

        assertThat(heard.of(CacheEvent.LoadEnded.class)).containsExactly(ended(LoadOutcome.EXCUSED, false));
        assertThat(heard.of(CacheEvent.Get.class)).containsExactly(got(Detector.Outcome.STALE, Detector.Level.STORE));
    }

    @Test
    void load_failsForItsCaller_isTold() {
        Cached<Long, String> values = spec(larder).build();
        fail(new UncheckedIOException(new java.io.IOException("down")));

        assertThatThrownBy(() -> values.get(1L)).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> values.bypass(1L)).isInstanceOf(UncheckedIOException.class);

        assertThat(heard.of(CacheEvent.LoadEnded.class))
                .containsExactly(ended(LoadOutcome.FAILED, false), ended(LoadOutcome.FAILED, false));
        assertThat(heard.of(CacheEvent.Get.class)).containsExactly(got(Detector.Outcome.MISS, Detector.Level.LOADER));
    }

    @Test
    void load_failsAsThePolicyRemembers_isNegativeLikeTheGetAfterIt() {
        Cached<Long, String> values =
                spec(larder).negative(NoSuchElementException.class, "5s").build();
        fail(new NoSuchElementException("no 1"));

        assertThatThrownBy(() -> values.get(1L)).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> values.get(1L)).isInstanceOf(NoSuchElementException.class);

        assertThat(heard.of(CacheEvent.LoadEnded.class)).containsExactly(ended(LoadOutcome.NEGATIVE, false));
        assertThat(heard.of(CacheEvent.Get.class))
                .containsExactly(
                        got(Detector.Outcome.MISS, Detector.Level.LOADER),
                        got(Detector.Outcome.NEGATIVE, Detector.Level.STORE));
    }

    @Test
    void refresh_earlyAndFailing_isToldAsARefreshThatIsExcused() {
        Cached<Long, String> values = spec(larder).early("5s").build();
        values.get(1L);
        ticker.advance(Duration.ofSeconds(6));
        heard.clear();
        fail(new UncheckedIOException(new java.io.IOException("down")));

        values.get(1L);
        background.remove().run();

        assertThat(heard.of(CacheEvent.LoadBegun.class))
                .containsExactly(new CacheEvent.LoadBegun("v:{key}", "v:1", 1, true));
        assertThat(heard.of(CacheEvent.LoadEnded.class)).containsExactly(ended(LoadOutcome.EXCUSED, true));
    }

    @Test
    void getAll_tellsEachGetAndOneLoad() {
        Cached<Long, String> values = larder.cachedAll("all:{key}", Long.class, String.class, keys -> {
                    Map<Long, String> loaded = new LinkedHashMap<>();
                    keys.forEach(key -> loaded.put(key, "v"));
                    return loaded;
                })
                .ttl("10s")
                .build();

        values.getAll(List.of(1L, 2L, 3L));

        assertThat(heard.of(CacheEvent.Get.class)).hasSize(3);
        assertThat(heard.of(CacheEvent.LoadEnded.class))
                .containsExactly(
                        new CacheEvent.LoadEnded("all:{key}", "all:1", 3, false, Duration.ZERO, LoadOutcome.VALUE));
    }

    @Test
    @SuppressWarnings("try") // the scope is not used in its body
    void get_whileReadingIsDisabled_isABypass() {
        Cached<Long, String> values = spec(larder).build();

        try (Scope off = larder.disabling(Op.READ)) {
            values.get(1L);
        }

        assertThat(heard.of(CacheEvent.Get.class)).containsExactly(got(Detector.Outcome.BYPASS, Detector.Level.LOADER));
    }

    @Test
    @SuppressWarnings("try") // the scope is not used in its body
    void invalidation_byKeyTagAndNamespace_isToldUnlessDisabled() {
        Cached<Long, String> values = spec(larder).tags("all").namespace("n").build();

        values.invalidate(1L);
        values.expire(1L);
        larder.invalidateTag("all");
        larder.invalidateNamespace("n");
        try (Scope off = larder.disabling(Op.INVALIDATE)) {
            values.invalidate(2L);
            larder.invalidateTag("other");
        }

        assertThat(heard.of(CacheEvent.Invalidation.class))
                .containsExactly(
                        new CacheEvent.Invalidation("v:{key}", CacheEvent.Target.KEY, "v:1"),
                        new CacheEvent.Invalidation("v:{key}", CacheEvent.Target.KEY_EXPIRED, "v:1"),
                        new CacheEvent.Invalidation("", CacheEvent.Target.TAG, "all"),
                        new CacheEvent.Invalidation("", CacheEvent.Target.NAMESPACE, "n"));
    }

    @Test
    void store_refusesAWrite_isTold() {
        Cached<Long, String> values = spec(larder).build();
        bytes.writesDown(true);

        values.get(1L);

        assertThat(heard.of(CacheEvent.StoreFailure.class)).singleElement().satisfies(failure -> {
            assertThat(failure.function()).isEqualTo("v:{key}");
            assertThat(failure.key()).isEqualTo("v:1");
            assertThat(failure.cause()).hasMessageContaining("gave no reply");
        });
    }

    @Test
    void store_missesARemovalAndReturns_isToldOnceEach() {
        Cached<Long, String> values = spec(larder).build();
        values.get(1L);
        bytes.down(true);
        values.invalidate(1L);
        bytes.down(false);

        later.pass(Duration.ofSeconds(3));
        background.remove().run();

        assertThat(heard.of(CacheEvent.MissedRemoval.class))
                .containsExactly(
                        new CacheEvent.MissedRemoval("FakeByteStore", "v:1", false),
                        new CacheEvent.MissedRemoval("FakeByteStore", "v:1", true));
        assertThat(heard.of(CacheEvent.StoreFailure.class)).hasSize(1);
    }

    @Test
    void breaker_opensProbesAndCloses_isToldInOrder() {
        Cached<Long, String> values = spec(larder).build();
        bytes.down(true);
        for (int i = 0; i < Breaker.FAILURES_IN_A_ROW; i++) {
            values.get(1L);
        }
        assertThat(heard.of(CacheEvent.Get.class))
                .allMatch(get -> get.outcome() == Detector.Outcome.UNAVAILABLE)
                .hasSize(Breaker.FAILURES_IN_A_ROW);

        bytes.down(false);
        ticker.advance(Duration.ofSeconds(2));
        values.get(1L);

        assertThat(heard.of(CacheEvent.Breaker.class))
                .extracting(CacheEvent.Breaker::state)
                .containsExactly(
                        CacheEvent.BreakerState.OPEN, CacheEvent.BreakerState.PROBING, CacheEvent.BreakerState.CLOSED);
    }

    @Test
    void storeFailure_ofALoadsWrite_isToldWithoutTheLockOfItsFlight() {
        List<Boolean> free = new ArrayList<>();
        List<Cached<Long, String>> function = new ArrayList<>();
        try (Larder over = open(new CacheListener() {
            @Override
            public void onStoreFailure(CacheEvent.StoreFailure event) {
                Thread other = new Thread(() -> function.get(0).invalidate(1L)); // waits for that lock
                other.start();
                try {
                    other.join(Duration.ofSeconds(30).toMillis());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                free.add(!other.isAlive());
            }
        })) {
            function.add(spec(over).build());
            boolean[] once = {true};
            bytes.beforeWrite(key -> {
                if (once[0]) {
                    once[0] = false;
                    throw new IllegalStateException("refused");
                }
            });

            function.get(0).get(1L);
        }

        assertThat(free).containsExactly(true);
    }

    @Test
    void listener_throwingAnything_disturbsNothing() {
        Level before = LOG.getLevel();
        LOG.setLevel(Level.OFF);
        try (Larder over = open(new CacheListener() {
            @Override
            public void onGet(CacheEvent.Get event) {
                throw new IllegalStateException("listener");
            }

            @Override
            public void onLoadBegun(CacheEvent.LoadBegun event) {
                throw new AssertionError("listener");
            }

            @Override
            public void onLoadEnded(CacheEvent.LoadEnded event) {
                throw new AssertionError("listener");
            }

            @Override
            public void onInvalidation(CacheEvent.Invalidation event) {
                throw new IllegalStateException("listener");
            }
        })) {
            Cached<Long, String> values = spec(over).build();

            assertThat(values.get(1L)).isEqualTo("value 1");
            assertThat(values.get(1L)).isEqualTo("value 1");
            values.invalidate(1L);

            assertThat(values.stats().loads()).isEqualTo(1);
            assertThat(values.stats().hits()).isEqualTo(1);
        } finally {
            LOG.setLevel(before);
        }
    }
}
