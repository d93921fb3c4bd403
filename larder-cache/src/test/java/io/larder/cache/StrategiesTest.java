package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each field of the policy does, over each kind of store; background loads run when the test says so. */
class StrategiesTest extends ScenarioRig {
    /** A failure that cannot be raised anew. */
    private static final class Hidden extends Exception {
        private static final long serialVersionUID = 1;
    }

    @ParameterizedTest
    @EnumSource
    void stale_loadFails_servesTheOldValueAndPausesLoads(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").stale("1m").build();
        cached.get(1L);
        pass("PT20S");
        failWith(new IOException("down"));

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(loads).isEqualTo(2); // the third get came within the pause
        pass("PT1.5S");
        cached.get(1L);
        pass("PT1.5S");
        cached.get(1L);
        assertThat(loads).isEqualTo(3); // the second pause is two seconds

        assertThat(cached.stats().staleHits()).isEqualTo(4);
        pass("PT50S");
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadFailedException.class); // the minute is over
    }

    @ParameterizedTest
    @EnumSource
    void stale_loaderRecovers_itsValueIsServed(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").stale("1m").build();
        cached.get(1L);
        pass("PT20S");
        Loader<Long, String> good = loader;
        failWith(new IOException("down"));
        cached.get(1L);
        loader = good;
        pass("PT2S");

        assertThat(cached.get(1L)).isEqualTo("load 3");
        assertThat(cached.get(1L)).isEqualTo("load 3");
    }

    @ParameterizedTest
    @EnumSource
    void stale_loaderWorks_isNotServed(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").stale("1m").build();
        cached.get(1L);
        pass("PT11S");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Stale.class);
        assertThat(cached.get(1L)).isEqualTo("load 2");
        assertThat(cached.stats().staleHits()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void early_due_servesTheOldValueAndLoadsOnceInTheBackground(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").early("7s").build();
        cached.get(1L);
        pass("PT6S");
        cached.get(1L);
        assertThat(background).isEmpty();
        pass("PT1S");

        for (int i = 0; i < 100; i++) {
            assertThat(cached.get(1L)).isEqualTo("load 1");
        }
        assertThat(background).hasSize(1);
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 2");
        pass("PT6S");
        assertThat(cached.get(1L)).isEqualTo("load 2"); // its TTL began anew
        assertThat(cached.stats().refreshes()).isEqualTo(1);
        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void early_refreshFails_keepsTheOldValueAndTriesAgainLater(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").early("50%").build();
        cached.get(1L);
        pass("PT6S");
        failWith(new IOException("down"));
        cached.get(1L);
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(background).isEmpty();
        pass("PT1S");
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(background).hasSize(1);
        runBackground();
        assertThat(cached.stats().refreshFailures()).isEqualTo(2);
        pass("PT3S");
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(LoadFailedException.class);
    }

    @ParameterizedTest
    @EnumSource
    void early_invalidatedMeanwhile_isNotStored(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").early("50%").build();
        cached.get(1L);
        pass("PT6S");
        cached.get(1L);
        loader = key -> {
            cached.invalidate(1L);
            return "older";
        };

        runBackground();

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void hits_usedUp_loadsAgain(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("1d").hits(Hits.of(3).refreshAfter(2)).build();

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(background).isEmpty();
        assertThat(cached.get(1L)).isEqualTo("load 1"); // the second use of the stored value
        assertThat(background).hasSize(1);
        assertThat(cached.get(1L)).isEqualTo("load 1");
        failWith(new IOException("down"));
        runBackground(); // the refresh is of no use
        Loader<Long, String> good = key -> "load " + ++loads;
        loader = good;

        assertThat(cached.get(1L)).isEqualTo("load 3"); // used up: nothing is served before a load
    }

    @ParameterizedTest
    @EnumSource
    void hits_refreshed_countFromZero(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("1d").hits(Hits.of(3).refreshAfter(2)).build();
        cached.get(1L);
        cached.get(1L);
        cached.get(1L);
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 2");
        assertThat(background).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void hits_withoutRefresh_theNextLoads(Where where) {
        Cached<Long, String> cached = open(where).ttl("1d").hits(Hits.of(2)).build();

        for (int i = 0; i < 9; i++) {
            cached.get(1L);
        }

        assertThat(loads).isEqualTo(3); // one load, two uses, three times over
    }

    @ParameterizedTest
    @EnumSource
    void failover_listedFailure_servesTheLastGoodValue(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("2h").failover(IOException.class).build();
        cached.get(1L);
        pass("PT30M");
        assertThat(cached.get(1L)).isEqualTo("load 2"); // each get calls
        failWith(new IOException("down"));

        assertThat(cached.get(1L)).isEqualTo("load 2");
        assertThat(cached.get(1L)).isEqualTo("load 2");

        assertThat(loads).isEqualTo(4);
        failWith(new IllegalStateException("a bug"));
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @EnumSource
    void negative_namedFailure_isRememberedAndRaisedAnew(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10m")
                .negative(NoSuchElementException.class, "30s")
                .build();
        NoSuchElementException own = new NoSuchElementException("no account 1");
        failWith(own);

        assertThatThrownBy(() -> cached.get(1L)).isSameAs(own);
        assertThatThrownBy(() -> cached.get(1L))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no account 1")
                .isNotSameAs(own);

        assertThat(loads).isEqualTo(1);
        assertThat(cached.stats().negativeHits()).isEqualTo(1);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Negative.class);
        pass("PT30S");
        assertThatThrownBy(() -> cached.get(1L)).isSameAs(own);
        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void negative_otherFailure_isNotRemembered(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10m")
                .negative(NoSuchElementException.class, "30s")
                .build();
        failWith(new IllegalStateException("x"));

        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(IllegalStateException.class);

        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void negative_withStale_isAnAnswerAndNoReasonForTheOldValue(Where where) {
        Cached<Long, String> cached = open(where)
                .ttl("10s")
                .stale("1h")
                .negative(NoSuchElementException.class, "30s")
                .build();
        cached.get(1L);
        pass("PT20S");
        failWith(new NoSuchElementException("gone"));

        assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
    }

    @ParameterizedTest
    @EnumSource
    void nullTtl_shorter_nullsExpireSooner(Where where) {
        Cached<Long, String> cached = open(where).ttl("10m").nullTtl("5s").build();
        loader = key -> {
            loads++;
            return Nulls.cast(null);
        };
        cached.get(1L);
        cached.get(1L);
        assertThat(loads).isEqualTo(1);
        pass("PT5S");

        cached.get(1L);

        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void ttlFunction_decidesByKeyAndValue(Where where) {
        Cached<Long, String> cached =
                open(where).ttl((key, value) -> Duration.ofSeconds(key)).build();
        cached.get(5L);
        cached.get(0L);
        pass("PT4S");
        cached.get(5L);
        cached.get(0L);

        assertThat(loads).isEqualTo(3); // 5 once, 0 twice: below 1 ms is not stored
        pass("PT1S");
        cached.get(5L);
        assertThat(loads).isEqualTo(4);
    }

    @ParameterizedTest
    @EnumSource
    void ttlFunction_fails_valueIsReturnedAndNotStored(Where where) {
        Logger log = Logger.getLogger("io.larder.cache");
        Level before = log.getLevel();
        log.setLevel(Level.OFF); // it says so on the terminal, once
        try {
            Cached<Long, String> cached = open(where)
                    .ttl((key, value) -> Duration.ofSeconds(7 / (key - 1)))
                    .build();

            assertThat(cached.get(1L)).isEqualTo("load 1");
            assertThat(cached.get(1L)).isEqualTo("load 2");

            assertThat(cached.stats().storeFailures()).isEqualTo(2);
        } finally {
            log.setLevel(before);
        }
    }

    @ParameterizedTest
    @EnumSource
    void storeIf_refused_removesTheValueOfBefore(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("10m").storeIf(value -> !value.equals("load 2")).build();
        cached.get(1L);

        assertThat(cached.refresh(1L)).isEqualTo("load 2");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void storeIfLoadTook_quickLoads_areNotStored(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("10m").storeIfLoadTook("50ms").build();
        cached.get(1L);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
        loader = key -> {
            ticker.advance(Duration.ofMillis(50));
            return "slow";
        };

        cached.get(1L);

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Fresh.class);
    }

    @ParameterizedTest
    @EnumSource
    void context_notModified_keepsTheValueForAnotherTtl(Where where) {
        open(where);
        Cached<Long, String> cached = larder.cachedWithContext("c:{key}", Long.class, String.class, (key, context) -> {
                    loads++;
                    return context.found() instanceof Lookup.Stale<String> ? context.notModified() : "first";
                })
                .ttl("10s")
                .stale("1m")
                .build();
        cached.get(1L);
        pass("PT20S");

        assertThat(cached.get(1L)).isEqualTo("first");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Fresh.class);
        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void context_ttl_isThatOfTheValue(Where where) {
        open(where);
        Cached<Long, Optional<String>> cached = larder.cachedWithContext(
                        "o:{key}",
                        TypeRef.of(Long.class),
                        new TypeRef<Optional<String>>() {},
                        (Long key, LoadContext<Optional<String>> context) -> {
                            loads++;
                            context.ttl(Duration.ofSeconds(3));
                            return Optional.empty();
                        })
                .ttl("10s")
                .build();
        cached.get(1L);
        pass("PT3S");

        cached.get(1L);

        assertThat(loads).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void softTimeout_slowLoad_servesTheOldValueAndStoresTheNewOne(Where where) {
        Cached<Long, String> cached =
                open(where).ttl("10s").stale("1h").softTimeout("5ms").build();
        cached.get(1L);
        runBackground();
        pass("PT20S");

        assertThat(cached.get(1L)).isEqualTo("load 1"); // nothing runs in the background yet: as slow as can be
        assertThat(cached.get(1L)).isEqualTo("load 1"); // joins, and takes the old value at once
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 2");
        assertThat(cached.stats().timeouts()).isEqualTo(1);
        assertThat(cached.stats().staleHits()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void hardTimeout_slowLoad_failsAndStoresTheValueLater(Where where) {
        Cached<Long, String> cached = open(where).ttl("10s").hardTimeout("5ms").build();

        assertThatThrownBy(() -> cached.get(1L))
                .isInstanceOf(LoadTimeoutException.class)
                .hasMessage("loading k:1 took longer than 5ms and goes on in the background; ask again later, or raise"
                        + " hardTimeout");
        runBackground();

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(loads).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void misuse_isToldAtDefinition(Where where) {
        refuses(where, spec -> spec.ttl("10m").early("10m"), "early 10m is not before the end of the ttl 10m");
        refuses(where, spec -> spec.ttl("10m").softTimeout("1s"), "softTimeout without stale has nothing to serve");
        refuses(
                where,
                spec -> spec.ttl("10m").failover(IOException.class).early("1m"),
                "failover calls the loader for every get");
        refuses(where, spec -> spec.ttl("10m").negative(Hidden.class, "1s"), "negative(Hidden) cannot be raised anew");
        refuses(where, spec -> spec.ttl("10m").early("soon"), "early \"soon\" is neither an age nor a part");
        refuses(where, spec -> spec.ttl("10m").hits(new Hits(3, 4)), "refreshAfter must be from 1 to hits (3), was 4");
        refuses(where, spec -> spec.ttl("10m").stale("-1s"), "stale \"-1s\" is not a duration");
    }

    private void refuses(
            Where where, Function<CachedSpec<Long, String>, CachedSpec<Long, String>> misuse, String message) {
        CachedSpec<Long, String> spec = open(where);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> misuse.apply(spec).build())
                .withMessageContaining(message);
    }
}
