package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is served when loads fail, for how long, and when not; and failures that are kept themselves. */
class FailSafeTest extends ScenarioRig {
    private static Meta metaOf(Lookup<String> lookup) {
        Meta meta = Meta.of(lookup);
        if (meta == null) {
            throw new AssertionError("no entry: " + lookup);
        }
        return meta;
    }

    @ParameterizedTest
    @EnumSource
    void stale_loadsFailOnAndOn_pausesDoubleUpToThirtySeconds(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").stale("1h").build();
        cached.get(1L);
        pass("PT20S");
        failWith(new IOException("down"));
        List<Integer> attempts = new ArrayList<>(); // seconds since the first failure
        for (int second = 0; second < 125; second++) {
            int before = loads;
            assertThat(cached.get(1L)).isEqualTo("load 1");
            if (loads > before) {
                attempts.add(second);
            }
            pass("PT1S");
        }

        assertThat(attempts).containsExactly(0, 1, 3, 7, 15, 31, 61, 91, 121);
        assertThat(cached.stats().staleHits()).isEqualTo(125);
    }

    @ParameterizedTest
    @EnumSource
    void stale_servedAgainAndAgain_drawsNoJitterAndKeepsItsTimes(Where where) {
        chance = 0.99;
        Cached<Long, String> cached =
                open(where).ttl("10s").jitter(0.5).stale("1m").build();
        cached.get(1L);
        int drawn = draws;
        Meta written = metaOf(cached.peek(1L));
        assertThat(written.freshUntilMillis() - written.createdMillis()).isBetween(5000L, 5100L);
        failWith(new IOException("down"));
        for (int i = 0; i < 64; i++) {
            pass("PT1S");
            assertThat(cached.get(1L)).isEqualTo("load 1");
        }

        assertThat(draws).isEqualTo(drawn);
        assertThat(metaOf(cached.peek(1L))).isEqualTo(written);
        pass("PT2S"); // a minute after the TTL that was drawn, 5.05 s
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadFailedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void stale_loadingThreadInterrupted_isNoReasonForTheOldValue(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").stale("1m").build();
        cached.get(1L);
        pass("PT20S");
        failWith(new InterruptedException("the caller is to stop"));

        assertThatThrownBy(() -> cached.get(1L))
                .isInstanceOf(LoadFailedException.class)
                .hasCauseInstanceOf(InterruptedException.class);

        assertThat(Thread.interrupted()).as("it knows that it is to stop").isTrue();
        assertThat(cached.stats().staleHits()).isZero();
        loader = key -> "load " + ++loads;
        assertThat(cached.get(1L)).as("no pause either").isEqualTo("load 3");
    }

    @ParameterizedTest
    @EnumSource
    void failures_withValues_bothAreKept(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10m")
                .negative(NoSuchElementException.class, "30s")
                .build();
        cached.get(1L);
        failWith(new NoSuchElementException("2"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cached.get(2L)).isInstanceOf(NoSuchElementException.class);
            assertThat(cached.get(1L)).isEqualTo("load 1");
        }

        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void failures_only_valuesAreNotKept(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10m")
                .storeIf(value -> false)
                .negative(NoSuchElementException.class, "30s")
                .build();
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.get(1L)).isEqualTo("load 2");
        failWith(new NoSuchElementException("gone"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
        }

        assertThat(loads).isEqualTo(3);
    }

    private CachedSpec<Long, String> withContext(Where where, ContextLoader<Long, String> of) {
        var unused = open(where);
        return larder.cachedWithContext("c:{key}", Long.class, String.class, of);
    }

    @ParameterizedTest
    @EnumSource
    void contextTtl_thenSuccess_isThatOfTheValue(Where where) {
        Cached<Long, String> cached = withContext(where, (key, context) -> {
                    loads++;
                    context.ttl(Duration.ofSeconds(key));
                    return "v";
                })
                .ttl("10s")
                .build();
        for (int second = 0; second < 12; second++) {
            cached.get(3L); // loads at 0, 3, 6, 9
            cached.get(60L); // at 0 and 10: the policy's TTL is the bound
            pass("PT1S");
        }

        assertThat(loads).isEqualTo(6);
    }

    @ParameterizedTest
    @EnumSource
    void contextTtl_thenARememberedFailure_isThatOfTheFailure(Where where) {
        Cached<Long, String> cached = withContext(where, (key, context) -> {
                    loads++;
                    context.ttl(Duration.ofSeconds(key));
                    throw new NoSuchElementException("none");
                })
                .ttl("1h")
                .negative(NoSuchElementException.class, "10s")
                .build();
        for (int second = 0; second < 12; second++) {
            assertThatThrownBy(() -> cached.get(3L)).isInstanceOf(NoSuchElementException.class); // 0, 3, 6, 9
            assertThatThrownBy(() -> cached.get(60L)).isInstanceOf(NoSuchElementException.class); // 0, 10
            pass("PT1S");
        }
        assertThat(loads).isEqualTo(6);

        assertThatThrownBy(() -> cached.get(0L)).isInstanceOf(NoSuchElementException.class);
        assertThat(cached.peek(0L)).as("not to be remembered").isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void contextTtl_thenAFailure_leavesTheOldValueItsTime(Where where) {
        boolean[] down = {false};
        Cached<Long, String> cached = withContext(where, (key, context) -> {
                    context.ttl(Duration.ofSeconds(down[0] ? 1 : 5));
                    if (down[0]) {
                        throw new IOException("down");
                    }
                    return "v";
                })
                .ttl("10s")
                .stale("20s")
                .build();
        cached.get(1L);
        down[0] = true;
        pass("PT24S"); // 5 s fresh, 20 s kept

        assertThat(cached.get(1L)).isEqualTo("v");
        pass("PT1S");
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadFailedException.class);
    }
}
