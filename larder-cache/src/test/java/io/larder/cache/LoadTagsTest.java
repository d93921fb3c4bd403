package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.ByteStore;
import io.larder.cache.spi.Capability;
import io.larder.cache.spi.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tags that a loader names. */
class LoadTagsTest {
    enum Where {
        MEMORY,
        BYTES
    }

    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final List<Larder> opened = new ArrayList<>();
    private int loads;
    private Runnable beforeTags = () -> {};
    private Runnable afterTags = () -> {};

    private Larder larder(Where where) {
        LarderBuilder builder =
                Larder.builder().ticker(ticker).clock(new FakeClock(ticker)).random(() -> 0);
        Larder larder = where == Where.MEMORY
                ? builder.open()
                : builder.store((Store<?>) bytes).open();
        opened.add(larder);
        return larder;
    }

    private String load(Long key, LoadContext<String> context) {
        loads++;
        beforeTags.run();
        context.tags("owner:" + key % 2, "all");
        afterTags.run();
        return "load " + loads;
    }

    private CachedSpec<Long, String> spec(Larder larder) {
        return larder.cachedWithContext("k:{key}", Long.class, String.class, this::load)
                .ttl("10s");
    }

    @AfterEach
    void close() {
        opened.forEach(Larder::close);
    }

    @ParameterizedTest
    @EnumSource
    void invalidateTag_namedByTheLoader_leavesOtherEntries(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = spec(larder).tags("fixed").build();
        cached.get(1L);
        cached.get(2L);
        assertThat(cached.get(1L)).isEqualTo("load 1");

        larder.invalidateTag("owner:1");
        assertThat(cached.get(1L)).isEqualTo("load 3");
        assertThat(cached.get(2L)).isEqualTo("load 2");

        larder.invalidateTag("all");
        assertThat(cached.get(1L)).isEqualTo("load 4");
        assertThat(cached.get(2L)).isEqualTo("load 5");

        larder.invalidateTag("fixed");
        assertThat(cached.get(1L)).isEqualTo("load 6");
    }

    @ParameterizedTest
    @EnumSource
    void invalidateTag_whileTheLoadRuns_beatsItBeforeAndAfterTheTagIsNamed(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = spec(larder).build();

        beforeTags = () -> larder.invalidateTag("owner:1");
        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);

        beforeTags = () -> {};
        afterTags = () -> larder.invalidateTag("owner:1");
        cached.get(1L);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);

        afterTags = () -> larder.invalidateTag("owner:0");
        cached.get(1L);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Fresh.class);
    }

    @ParameterizedTest
    @EnumSource
    void invalidateTag_moreThanAFlightRemembers_keepsTheValueOut(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = spec(larder).build();
        beforeTags = () -> IntStream.range(0, 200).forEach(i -> larder.invalidateTag("other:" + i));

        cached.get(1L);

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void invalidateTag_byAnotherProcess_beatsTheLoadFromTheCallOn() {
        Larder other = larder(Where.BYTES);
        Cached<Long, String> cached = spec(larder(Where.BYTES)).build();
        afterTags = () -> other.invalidateTag("all");
        cached.get(1L);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);

        afterTags = () -> {};
        cached.get(1L);
        other.invalidateTag("all");
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void expire_entryWithNamedTags_keepsThem(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = spec(larder).stale("1m").build();
        cached.get(1L);
        cached.expire(1L);
        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Stale.class);

        larder.invalidateTag("owner:1");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @ParameterizedTest
    @EnumSource
    void refresh_thatNamesNone_hasNone(Where where) {
        Larder larder = larder(where);
        Cached<Long, String> cached = larder.cachedWithContext(
                        "k:{key}", Long.class, String.class, (Long key, LoadContext<String> context) -> {
                            if (context.found() instanceof Lookup.Absent<String>) {
                                context.tags("first");
                                return "load " + ++loads;
                            }
                            return context.notModified();
                        })
                .ttl("10s")
                .build();
        cached.get(1L);
        cached.refresh(1L);

        larder.invalidateTag("first");

        assertThat(cached.get(1L)).isEqualTo("load 1");
        assertThat(loads).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void negative_afterTagsWereNamed_isInvalidatedByThem(Where where) {
        Larder larder = larder(where);
        afterTags = () -> {
            throw new NoSuchElementException("none");
        };
        Cached<Long, String> cached =
                spec(larder).negative(NoSuchElementException.class, "5s").build();
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> cached.get(1L)).isInstanceOf(NoSuchElementException.class);
        }
        assertThat(loads).isEqualTo(1);

        larder.invalidateTag("all");
        afterTags = () -> {};

        assertThat(cached.get(1L)).isEqualTo("load 2");
    }

    @Test
    void tags_storeFailsWhenTheyAreNamed_valueIsReturnedNotStored() {
        Cached<Long, String> cached = spec(larder(Where.BYTES)).build();
        beforeTags = () -> bytes.down(true);
        afterTags = () -> bytes.down(false);

        assertThat(cached.get(1L)).isEqualTo("load 1");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
        assertThat(cached.stats().storeFailures()).isEqualTo(1);
    }

    @Test
    void bypass_loaderNamesTags_storesNothing() {
        Cached<Long, String> cached = spec(larder(Where.MEMORY)).build();

        assertThat(cached.bypass(1L)).isEqualTo("load 1");

        assertThat(cached.peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    private Cached<String, String> naming(Larder larder, String... names) {
        return larder.cachedWithContext(
                        "n:{key}", String.class, String.class, (String key, LoadContext<String> context) -> {
                            context.tags(names);
                            return key;
                        })
                .ttl("10s")
                .build();
    }

    /** A store whose reads may miss the last write. */
    private final class Lagging implements ByteStore {
        @Override
        public Set<Capability> capabilities() {
            return Set.of();
        }

        @Override
        public byte @Nullable [] find(String key) {
            return bytes.find(key);
        }

        @Override
        public void put(String key, byte[] value, Duration ttl) {
            bytes.put(key, value, ttl);
        }

        @Override
        public void remove(String key) {
            bytes.remove(key);
        }

        @Override
        public void close() {}
    }

    @Test
    void tags_thatCannotWork_areRefused() {
        Larder larder = larder(Where.MEMORY);
        String[] many = IntStream.range(0, 33).mapToObj(i -> "t" + i).toArray(String[]::new);
        assertThatThrownBy(() -> naming(larder, many).get("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an entry has at most 32 tags, with these it has 33; leave some out");
        assertThatThrownBy(() -> naming(larder, "a b").get("b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("tag \"a b\" has the character U+0020, which no key has;");
        Larder lagging = Larder.builder().store(new Lagging()).open();
        opened.add(lagging);
        assertThatThrownBy(() -> naming(lagging, "a").get("c"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("\"n:{key}\" cannot have tags: its store may answer with what was written before the last"
                        + " write; leave them out, or route it elsewhere");
        assertThat(naming(larder, "x", "x").get("d")).isEqualTo("d");
    }
}
