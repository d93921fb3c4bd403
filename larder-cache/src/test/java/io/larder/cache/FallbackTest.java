package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is served where neither a value nor an old one is to be had. */
class FallbackTest extends ScenarioRig {
    private CachedSpec<Long, String> withFallback(Where where) {
        return open(where).ttl("10s").fallback(key -> "instead of " + key);
    }

    @ParameterizedTest
    @EnumSource
    void fallback_loadsFail_isServedWhileLoadsPauseAndNeverStored(Where where) {
        Cached<Long, String> cached = withFallback(where).build();
        failWith(new IOException("down"));

        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(loads).as("the second came within the pause").isEqualTo(1);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
        pass("PT1S");
        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(loads).isEqualTo(2);
        loader = key -> "load " + ++loads;
        pass("PT2S");

        assertThat(cached.get(1L)).isEqualTo("load 3");
        assertThat(cached.get(1L)).isEqualTo("load 3");
        CacheStats stats = cached.stats();
        assertThat(stats.fallbacks()).isEqualTo(3);
        assertThat(stats.excusedLoads()).isEqualTo(2);
        assertThat(stats.misses()).isEqualTo(1);
        assertThat(stats.hits()).isEqualTo(1);
        assertThat(stats.hitRatio()).isEqualTo(0.2);
    }

    @ParameterizedTest
    @EnumSource
    void fallback_oldValueThere_comesAfterIt(Where where) {
        Cached<Long, String> cached = withFallback(where).stale("20s").build();
        cached.get(1L);
        failWith(new IOException("down"));
        pass("PT20S");

        assertThat(cached.get(1L)).isEqualTo("load 1");
        pass("PT10S");
        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(cached.stats().staleHits()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void fallback_hardTimeoutPasses_isServedToTheLeaderAndToWaiters(Where where) {
        Cached<Long, String> cached = withFallback(where).hardTimeout("5ms").build();

        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(cached.get(1L)).as("it has joined the load").isEqualTo("instead of 1");
        assertThat(background).hasSize(1);
        assertThat(cached.stats().joined()).isEqualTo(1);
        assertThat(cached.stats().timeouts()).isEqualTo(2);
        assertThat(cached.stats().fallbacks()).isEqualTo(2);
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 1");
    }

    @Test
    void getAsync_hardTimeoutPassesOrLoadFails_isTheFallback() {
        var unused = open(Where.MEMORY);
        CompletableFuture<String> load = new CompletableFuture<>();
        Cached<Long, String> cached = larder.cachedAsync("a:{key}", Long.class, String.class, key -> load)
                .ttl("10s")
                .hardTimeout("2s")
                .fallback(key -> "instead of " + key)
                .build();
        CompletableFuture<String> leader = cached.getAsync(1L);
        CompletableFuture<String> other = cached.getAsync(1L);

        timer.pass(Duration.ofSeconds(2));
        assertThat(leader).isCompletedWithValue("instead of 1");
        assertThat(other).isCompletedWithValue("instead of 1");
        CompletableFuture<String> late = cached.getAsync(1L);
        load.completeExceptionally(new IOException("down"));

        assertThat(late).isCompletedWithValue("instead of 1");
        assertThat(cached.getAsync(1L)).as("within the pause").isCompletedWithValue("instead of 1");
        assertThat(cached.stats().fallbacks()).isEqualTo(4);
        assertThat(cached.stats().misses()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void fallback_failureThatIsAnAnswer_isRaised(Where where) {
        Cached<Long, String> cached =
                withFallback(where).negative(NoSuchElementException.class, "5s").build();
        failWith(new NoSuchElementException("no account"));

        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
    }

    @ParameterizedTest
    @EnumSource
    void fallback_refreshOrBypass_raisesWhatTheLoaderRaised(Where where) {
        Cached<Long, String> cached = withFallback(where).build();
        failWith(new IllegalStateException("down"));

        assertThatThrownBy(() -> cached.refresh(1L)).hasMessage("down");
        assertThatThrownBy(() -> cached.bypass(1L)).hasMessage("down");
        larder.switchOff(true);
        assertThatThrownBy(() -> cached.get(1L)).hasMessage("down");
    }

    @ParameterizedTest
    @EnumSource
    void fallback_failover_isForTheNamedFailuresAndEachGetCalls(Where where) {
        Cached<Long, String> cached =
                withFallback(where).failover(IOException.class).build();
        failWith(new IOException("down"));
        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(loads).isEqualTo(2);

        failWith(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void fallback_failsItself_itsFailureTellsOfTheLoaders(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10s")
                .fallback(key -> {
                    throw new IllegalStateException("no fallback for " + key);
                })
                .build();
        IOException failure = new IOException("down");
        failWith(failure);

        assertThatThrownBy(() -> cached.get(1L)).hasMessage("no fallback for 1").hasSuppressedException(failure);
        loader = key -> "up";
        pass("PT1S");
        assertThat(cached.get(1L)).isEqualTo("up");
    }

    @ParameterizedTest
    @EnumSource(names = {"BYTES", "TIERED"})
    void fallback_storeDownToo_isServed(Where where) {
        Cached<Long, String> cached = withFallback(where).build();
        bytes.down(true);
        failWith(new IOException("down"));

        assertThat(cached.get(1L)).isEqualTo("instead of 1");
        assertThat(cached.get(1L)).isEqualTo("instead of 1");

        assertThat(loads).isEqualTo(1);
        assertThat(cached.stats().fallbacks()).isEqualTo(2);
        assertThat(cached.stats().unavailable()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void fallback_ofMany_isThatOfEachArgument(Where where) {
        var unused = open(where);
        Cached<Long, String> cached = larder.cachedAll("b:{key}", Long.class, String.class, keys -> {
                    if (keys.contains(13L)) {
                        throw new IOException("13");
                    }
                    Map<Long, String> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, "v" + key));
                    return values;
                })
                .ttl("10s")
                .chunk(2)
                .fallback(key -> "instead of " + key)
                .build();

        assertThat(cached.getAll(List.of(12L, 13L, 14L)))
                .containsExactly(
                        Map.entry(12L, "instead of 12"), Map.entry(13L, "instead of 13"), Map.entry(14L, "v14"));
        assertThat(cached.get(12L)).as("within the pause").isEqualTo("instead of 12");
        assertThat(cached.peek(14L)).isInstanceOf(Lookup.Fresh.class);
    }

    @Test
    void detectAndExplain_fallback_tellOfIt() {
        Cached<Long, String> cached = withFallback(Where.MEMORY).build();
        assertThat(cached.explain(1L).decision()).isEqualTo("LOAD_OR_FALL_BACK");
        failWith(new IOException("down"));
        try (Detector detector = larder.detect()) {
            cached.get(1L);
            cached.get(1L);
            assertThat(detector.events())
                    .extracting(event -> event.outcome() + " " + event.level())
                    .containsExactly("FALLBACK LOADER", "FALLBACK LOADER");
            assertThat(detector.anyHit()).isFalse();
        }

        assertThat(cached.explain(1L).decision()).isEqualTo("FALL_BACK");
        assertThat(cached.explain(1L).reason())
                .isEqualTo("as there is nothing to serve but the fallback, and loads pause after a failure");
    }
}
