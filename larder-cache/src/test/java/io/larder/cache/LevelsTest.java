package io.larder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** Copies in the process before a store outside that is older, slow, damaged or down. Copies live 5 seconds. */
@SuppressWarnings("try") // scopes are not used in their bodies
class LevelsTest extends ScenarioRig {
    private CachedSpec<Long, String> tiered() {
        return open(Where.TIERED).ttl("10m");
    }

    @Test
    void get_everySecondForThreeTtls_reloadsEachTtl() {
        Cached<Long, String> cached = tiered().ttl("20s").build();
        for (int second = 0; second < 60; second++) {
            cached.get(1L);
            pass("PT1S");
        }

        assertThat(loads).isEqualTo(3);
    }

    @Test
    void get_copyEnds_theStoreOutsideIsAskedAndCopiedAgain() {
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        int finds = bytes.finds();
        for (int second = 0; second < 60; second++) {
            assertThat(cached.get(1L)).isEqualTo("load 1");
            pass("PT1S");
        }

        assertThat(bytes.finds() - finds)
                .as("every 5 seconds, but for the first 5")
                .isEqualTo(11);
    }

    @Test
    void get_copyOfAnEntryThatHasLessLeft_endsWithIt() {
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        pass("PT9M57S");
        try (Larder other = process(Where.TIERED)) {
            Cached<Long, String> there = spec(other).ttl("10m").build();
            try (Detector detector = other.detect()) {
                there.get(1L);
                there.get(1L);
                assertThat(detector.events())
                        .extracting(event -> event.level() + " "
                                + event.remaining().orElse(Duration.ZERO).toSeconds())
                        .containsExactly("STORE 3", "PROCESS 3");
            }
            pass("PT3S");

            assertThat(there.get(1L)).isEqualTo("load 2");
        }
    }

    @Test
    void get_olderInTheStoreOutside_isNotServedAfterTheNewerCopy() {
        Cached<Long, String> cached = tiered().build();
        cached.put(1L, "older");
        bytes.writesDown(true);
        cached.put(1L, "newer");
        assertThat(cached.get(1L)).isEqualTo("newer");

        pass("PT5S");
        assertThat(cached.get(1L)).as("the copy has ended").isEqualTo("load 1");
        bytes.writesDown(false);
        pass("PT5S");

        assertThat(cached.get(1L)).isNotEqualTo("older");
    }

    @Test
    void newerOf_oldCopyAndOldEntry_isTheOneWrittenLater() {
        Lookup<String> first = new Lookup.Stale<>("first", new Meta(1, 0, 1, 0));
        Lookup<String> second = new Lookup.Stale<>("second", new Meta(2, 0, 1, 0));
        Lookup<String> fresh = new Lookup.Fresh<>("fresh", new Meta(1, 0, 10, 0));

        assertThat(TieredShelf.newerOf(second, first)).isSameAs(second);
        assertThat(TieredShelf.newerOf(first, second)).isSameAs(second);
        assertThat(TieredShelf.newerOf(second, fresh)).as("within its TTL").isSameAs(fresh);
    }

    @Test
    void get_storeDownAtTheStart_copiesServeInItsPlace() {
        bytes.down(true);
        Cached<Long, String> cached = tiered().build();

        assertThat(cached.get(1L)).isEqualTo("load 1");
        for (int i = 0; i < 100; i++) {
            assertThat(cached.get(1L)).isEqualTo("load 1");
        }
        assertThat(cached.stats().unavailable()).isEqualTo(1);
        assertThat(cached.stats().nearHits()).isEqualTo(100);
        assertThat(cached.stats().storeFailures()).isZero();
        pass("PT5S");
        assertThat(cached.get(1L)).as("as long as a copy lives").isEqualTo("load 2");

        bytes.down(false);
        pass("PT31S");
        assertThat(cached.get(1L)).isEqualTo("load 3");
        try (Larder other = process(Where.TIERED)) {
            assertThat(spec(other).ttl("10m").build().get(1L))
                    .as("it is used again")
                    .isEqualTo("load 3");
        }
    }

    @Test
    void get_storeGoesDownAndComesBack_neverFailsAndLoadsAsOftenAsCopiesEnd() {
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        bytes.down(true);
        for (int second = 0; second < 60; second++) {
            assertThat(cached.get(1L)).startsWith("load ");
            pass("PT1S");
        }

        assertThat(loads).as("one each 5 seconds, after the copy of before").isEqualTo(12);
        bytes.down(false);
        pass("PT31S");
        assertThat(cached.get(1L)).as("what the store kept, within its TTL").isEqualTo("load 1");
    }

    @Test
    void invalidate_storeDown_beatsTheCopyAndIsMadeUpFor() {
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        bytes.down(true);
        pass("PT5S");
        assertThat(cached.get(1L)).isEqualTo("load 2");

        cached.invalidate(1L);
        assertThat(cached.get(1L)).isEqualTo("load 3");
        bytes.down(false);
        pass("PT31S");

        assertThat(cached.get(1L)).isEqualTo("load 4");
    }

    @Test
    void get_storeDownAndInvalidatedDuringTheLoad_isNotKept() {
        bytes.down(true);
        Cached<Long, String> cached = tiered().build();
        loader = key -> {
            cached.invalidate(1L);
            return "old";
        };
        assertThat(cached.get(1L)).isEqualTo("old");
        loader = key -> "new";

        assertThat(cached.get(1L)).isEqualTo("new");
    }

    @Test
    void get_storeDownAndTags_keepsNoCopyThatNobodyCouldInvalidate() {
        bytes.down(true);
        Cached<Long, String> tagged = tiered().tags("all").build();
        Cached<Long, String> named = larder.cachedWithContext("n:{key}", Long.class, String.class, (key, context) -> {
                    context.tags("all");
                    return "load " + ++loads;
                })
                .ttl("10m")
                .build();

        assertThat(tagged.get(1L)).isNotEqualTo(tagged.get(1L));
        assertThat(named.get(1L)).isNotEqualTo(named.get(1L));
    }

    @Test
    void get_storeDownAndFailureRemembered_isRememberedHere() {
        bytes.down(true);
        Cached<Long, String> cached =
                tiered().negative(NoSuchElementException.class, "30s").build();
        failWith(new NoSuchElementException("none"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
        }

        assertThat(loads).isEqualTo(1);
    }

    @Test
    void getAll_storeDown_copiesServeInItsPlace() {
        bytes.down(true);
        var unused = tiered();
        Cached<Long, String> cached = larder.cachedAll("b:{key}", Long.class, String.class, keys -> {
                    loads++;
                    Map<Long, String> values = new HashMap<>();
                    keys.forEach(key -> values.put(key, "v" + key));
                    return values;
                })
                .ttl("10m")
                .build();
        cached.getAll(List.of(1L, 2L));

        assertThat(cached.getAll(List.of(1L, 2L))).containsValues("v1", "v2");

        assertThat(loads).isEqualTo(1);
    }

    @Test
    void get_storeDownAndStoreOutsideAlone_keepsNothing() {
        bytes.down(true);
        Cached<Long, String> cached = open(Where.BYTES).ttl("10m").build();
        cached.get(1L);
        cached.get(1L);

        assertThat(loads).isEqualTo(2);
        assertThat(bytes.puts()).isZero();
    }

    @Test
    void get_storeSlow_copiesDoNotWaitAndItIsLeftAlone() {
        bytes.beforeFind(() -> ticker.advance(Duration.ofSeconds(2)));
        bytes.beforeWrite(key -> ticker.advance(Duration.ofSeconds(2)));
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        int finds = bytes.finds();
        long before = ticker.nanos();
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(ticker.nanos()).isEqualTo(before);
        assertThat(bytes.finds()).isEqualTo(finds);
        for (long key = 2; key < 100; key++) {
            cached.get(key);
        }

        assertThat(bytes.finds()).as("5 slow answers open the breaker").isLessThan(finds + 5);
        assertThat(larder.health().get(0).open()).isTrue();
    }

    @Test
    void get_unreadableInTheStoreOutside_isACountedMissAndReplaced() {
        bytes.put("k:1", "of somebody else".getBytes(UTF_8), Duration.ofDays(1));
        Cached<Long, String> cached = tiered().build();

        assertThat(cached.get(1L)).isEqualTo("load 1");

        assertThat(cached.stats().unreadable()).isEqualTo(1);
        try (Larder other = process(Where.TIERED)) {
            assertThat(spec(other).ttl("10m").build().get(1L)).isEqualTo("load 1");
        }
    }

    @Test
    void disablingReadOrWrite_skipsBothLevels() {
        Cached<Long, String> cached = tiered().build();
        cached.get(1L);
        try (Scope off = larder.disabling(Op.READ)) {
            int finds = bytes.finds();
            assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
            assertThat(bytes.finds()).isEqualTo(finds);
            assertThat(cached.get(1L)).isEqualTo("load 2");
        }
        assertThat(cached.get(1L)).as("both were written").isEqualTo("load 2");
        try (Scope off = larder.disabling(Op.WRITE)) {
            int puts = bytes.puts();
            assertThat(cached.get(2L)).isEqualTo("load 3");
            assertThat(bytes.puts()).isEqualTo(puts);
        }
        assertThat(cached.peek(2L)).as("neither was written").isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void get_loadFailsWithTheStoreDown_oldCopyIsServed() {
        Cached<Long, String> cached = tiered().ttl("2s").stale("1h").build();
        cached.get(1L);
        bytes.down(true);
        failWith(new IOException("down, too"));
        pass("PT3S");

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.stats().staleHits()).isEqualTo(1);
    }
}
