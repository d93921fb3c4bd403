package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.ObjectStore;
import io.larder.cache.spi.Store;
import io.larder.cache.spi.StoreContext;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What explain says, and that it changes nothing. */
class ExplainTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeClock clock = new FakeClock(ticker);
    private final Later later = new Later(ticker);
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(clock)
            .random(() -> 0)
            .timer(later)
            .store((Store<?>) bytes)
            .open();
    private Loader<Long, String> loader = key -> {
        ticker.advance(Duration.ofMillis(40));
        return "value";
    };

    @AfterEach
    void close() {
        larder.close();
    }

    private CachedSpec<Long, String> spec() {
        return larder.cached("v:{key}", Long.class, String.class, key -> loader.load(key))
                .ttl("10m")
                .jitter(0);
    }

    private void fail(RuntimeException failure) {
        loader = key -> {
            throw failure;
        };
    }

    private static void says(Explanation seen, Explanation.State state, String decision, String reason) {
        assertThat(seen.levels()).extracting(Explanation.Level::state).containsExactly(state);
        assertThat(seen.decision()).isEqualTo(decision);
        assertThat(seen.reason()).isEqualTo(reason);
    }

    @Test
    void explain_nothing_isALoad() {
        says(spec().build().explain(1L), Explanation.State.ABSENT, "LOAD", "as there is nothing");
    }

    @Test
    void explain_fresh_tellsAgeRestLoadTimeAndTags() {
        Cached<Long, String> values = spec().tags("all").build();
        values.get(1L);
        ticker.advance(Duration.ofMinutes(1));

        Explanation seen = values.explain(1L);

        says(seen, Explanation.State.FRESH, "SERVE", "as the value is within its TTL");
        assertThat(seen.text()).isEqualTo("""
                        v:1 of v:{key} in FakeByteStore
                          STORE: FRESH, written 1m ago, TTL ends in 9m, load took 40ms
                            ~tag:all: valid
                          decision: SERVE, as the value is within its TTL
                          load in flight: no; loads pause: no; disabled here: nothing; breaker: closed; removal missed: no
                        """);
        assertThat(values.explainKey("v:1")).isEqualTo(seen);
        assertThat(seen).hasToString("v:1: SERVE, as the value is within its TTL");
    }

    @Test
    void explain_tagInvalidated_namesIt() {
        Cached<Long, String> values = spec().tags("all", "one:{key}").build();
        values.get(1L);
        larder.invalidateTag("one:1");

        Explanation seen = values.explain(1L);

        says(seen, Explanation.State.INVALIDATED, "LOAD", "as ~tag:one:1 was invalidated");
        assertThat(seen.levels().get(0).tags())
                .extracting(Explanation.Tag::name, Explanation.Tag::isCurrent)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("~tag:all", true),
                        org.assertj.core.groups.Tuple.tuple("~tag:one:1", false));
        assertThat(seen.text()).contains("~tag:one:1: invalidated since");
    }

    @Test
    void explain_stale_tellsWhenItsTtlEndedAndWhetherLoadsPause() {
        Cached<Long, String> values = spec().stale("1h").build();
        values.get(1L);
        ticker.advance(Duration.ofMinutes(12));

        says(
                values.explain(1L),
                Explanation.State.STALE,
                "LOAD_OR_SERVE",
                "as the value is past its TTL or used up, and may stand in for a load that fails");
        assertThat(values.explain(1L).text()).contains("written 12m ago, TTL ended 2m ago");

        fail(new IllegalStateException("down"));
        values.get(1L);

        Explanation paused = values.explain(1L);
        assertThat(paused.paused()).isTrue();
        assertThat(paused.decision()).isEqualTo("SERVE_STALE");
    }

    @Test
    void explain_negative_namesTheType() {
        Cached<Long, String> values =
                spec().negative(NoSuchElementException.class, "1m").build();
        fail(new NoSuchElementException("no"));
        assertThatThrownBy(() -> values.get(1L)).isInstanceOf(NoSuchElementException.class);

        Explanation seen = values.explain(1L);

        says(seen, Explanation.State.NEGATIVE, "RAISE", "as the failure is remembered");
        assertThat(seen.levels().get(0).note()).isEqualTo("java.util.NoSuchElementException");
    }

    @Test
    void explain_uses_areNotCounted() {
        Cached<Long, String> values = spec().hits(Hits.of(3)).build();
        values.get(1L);
        values.get(1L);
        values.get(1L);
        for (int i = 0; i < 5; i++) {
            assertThat(values.explain(1L).decision()).isEqualTo("SERVE");
        }

        values.get(1L);

        says(values.explain(1L), Explanation.State.FRESH, "LOAD", "as the value is past its TTL, or used up");
    }

    @Test
    void explain_foreignBytes_isUnreadableAndCountsNothing() {
        Cached<Long, String> values = spec().build();
        bytes.put("v:1", "foreign".getBytes(StandardCharsets.UTF_8), Duration.ofHours(1));

        Explanation seen = values.explain(1L);

        says(seen, Explanation.State.UNREADABLE, "LOAD", "as the entry cannot be read");
        assertThat(seen.levels().get(0).note()).startsWith("7 bytes that are foreign");
        assertThat(values.stats()).isEqualTo(CacheStats.ZERO);
    }

    @Test
    void explain_storeDown_isUnavailableAndNothingToTheBreaker() {
        Cached<Long, String> values = spec().build();
        bytes.down(true);

        for (int i = 0; i < 2 * Breaker.FAILURES_IN_A_ROW; i++) {
            Explanation seen = values.explain(1L);
            says(seen, Explanation.State.UNAVAILABLE, "LOAD_ONLY", "as the store could not be asked");
            assertThat(seen.levels().get(0).note()).contains("gave no reply");
        }

        assertThat(values.explain(1L).health().orElseThrow().open()).isFalse();
    }

    @Test
    void explain_breakerOpen_doesNotAskTheStore() {
        Cached<Long, String> values = spec().build();
        bytes.down(true);
        for (int i = 0; i < Breaker.FAILURES_IN_A_ROW; i++) {
            values.get(1L);
        }
        ticker.advance(Duration.ofSeconds(30)); // a get would probe
        int finds = bytes.finds();

        Explanation seen = values.explain(1L);

        assertThat(bytes.finds()).isEqualTo(finds);
        assertThat(seen.health().orElseThrow().open()).isTrue();
        assertThat(seen.text()).contains("left alone for a while").contains("breaker: open");
    }

    @Test
    void explain_removalMissed_saysSoAndMakesUpForNothing() {
        Cached<Long, String> values = spec().build();
        values.get(1L);
        bytes.writesDown(true);
        values.invalidate(1L);
        bytes.writesDown(false);

        for (int i = 0; i < 2; i++) {
            Explanation seen = values.explain(1L);
            says(
                    seen,
                    Explanation.State.ABSENT,
                    "LOAD",
                    "as the entry was invalidated, and the store has still to be told");
            assertThat(seen.removalMissed()).isTrue();
        }
    }

    @Test
    @SuppressWarnings("try") // the scopes are not used in their bodies
    void explain_disabled_saysWhatAGetWouldDoHere() {
        Cached<Long, String> values = spec().build();
        values.get(1L);

        try (Scope off = larder.disabling(Op.READ)) {
            says(values.explain(1L), Explanation.State.FRESH, "LOAD", "as reading is disabled here");
        }
        try (Scope off = larder.disabling(Op.WRITE)) {
            assertThat(values.explain(1L).decision()).isEqualTo("SERVE");
            assertThat(values.explain(2L).decision()).isEqualTo("LOAD_ONLY");
        }
        larder.switchOff(true);

        Explanation off = values.explain(1L);

        assertThat(off.decision()).isEqualTo("LOAD_ONLY");
        assertThat(off.disabled()).containsExactly(Op.READ, Op.WRITE);
    }

    @Test
    void explain_duringALoad_tellsOfIt() {
        List<Explanation> seen = new ArrayList<>();
        List<Cached<Long, String>> values = new ArrayList<>();
        loader = key -> {
            seen.add(values.get(0).explain(1L));
            return "value";
        };
        values.add(spec().build());

        values.get(0).get(1L);

        assertThat(seen.get(0).loading()).isTrue();
        assertThat(values.get(0).explain(1L).loading()).isFalse();
    }

    @Test
    void explain_memory_knowsNoHealth() {
        try (Larder memory =
                Larder.builder().ticker(ticker).clock(clock).random(() -> 0).open()) {
            Cached<Long, String> values = memory.cached("m:{key}", Long.class, String.class, key -> "value")
                    .ttl("10m")
                    .tags("all")
                    .build();
            values.get(1L);
            says(values.explain(1L), Explanation.State.FRESH, "SERVE", "as the value is within its TTL");
            assertThat(values.explain(1L).health()).isEmpty();
            memory.invalidateTag("all");
            says(values.explain(1L), Explanation.State.INVALIDATED, "LOAD", "as ~tag:all was invalidated");
        }
    }

    @Test
    void explain_tiered_tellsBothLevelsAndCopiesNothing() {
        StoreContext context = new StoreContext(ticker, clock, Runnable::run);
        Surroundings around = new Surroundings(ticker, clock, () -> 0, new Background(Runnable::run, 64), later);
        Backend backend = Backend.tiered(
                "tiered:",
                (ObjectStore) new Stores(java.util.List.of()).open("mem:?ttlMax=5s", context),
                bytes,
                Values.DEFAULT,
                around);
        Routes routes = new Routes(java.util.Map.of("", backend));
        CachedSpec<Long, String> spec = new CachedSpec<>(
                new Definitions(
                        routes,
                        Pipes.BUILT_IN,
                        around,
                        new LarderHost(routes, Pipes.BUILT_IN, context, new java.util.Random(1), around.background())),
                "v:{key}",
                TypeRef.of(Long.class),
                TypeRef.of(String.class),
                (key, context2) -> "value");
        Cached<Long, String> values = spec.ttl("10m").jitter(0).tags("all").build();
        values.get(1L);
        assertThat(values.explain(1L).levels())
                .extracting(Explanation.Level::place, Explanation.Level::state)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Detector.Level.PROCESS, Explanation.State.FRESH),
                        org.assertj.core.groups.Tuple.tuple(Detector.Level.STORE, Explanation.State.FRESH));
        ticker.advance(Duration.ofSeconds(6)); // the copy is gone

        for (int i = 0; i < 2; i++) {
            assertThat(values.explain(1L).levels())
                    .extracting(Explanation.Level::state)
                    .containsExactly(Explanation.State.ABSENT, Explanation.State.FRESH);
            assertThat(values.explain(1L).decision()).isEqualTo("SERVE");
        }
    }

    @Test
    void explain_changesNothing() {
        Cached<Long, String> values = spec().tags("all").build();
        values.get(1L);
        CacheStats stats = values.stats();
        int puts = bytes.puts();

        values.explain(1L);
        values.explain(2L); // its tag has a version, its entry is not there
        larder.cached("w:{key}", Long.class, String.class, key -> "value")
                .ttl("10m")
                .tags("never")
                .build()
                .explain(1L);

        assertThat(values.stats()).isEqualTo(stats);
        assertThat(bytes.puts()).isEqualTo(puts);
        assertThat(bytes.find("~tag:never")).isNull();
        assertThat(later.waiting()).isZero();
    }
}
