package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import io.larder.cache.spi.Store;
import java.io.IOException;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Streams that are kept once they have been read to their end, over a store outside. */
class CachedStreamTest {
    private final FakeTicker ticker = new FakeTicker();
    private final FakeByteStore bytes = new FakeByteStore(ticker);
    private final Larder larder = Larder.builder()
            .ticker(ticker)
            .clock(new FakeClock(ticker))
            .random(() -> 0)
            .timer(new Later(ticker))
            .store((Store<?>) bytes)
            .open();
    private final AtomicInteger loads = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private StreamLoader<Long, String> loader = key -> chunks(loads.get());

    /** Three chunks that tell which load they are of; the one in the middle is empty. */
    private static Stream<String> chunks(int load) {
        return Stream.of("a" + load, "", "c" + load);
    }

    private StreamSpec<Long, String> spec() {
        return larder.cachedStream("s:{key}", Long.class, new TypeRef<List<String>>() {}, key -> {
                    loads.incrementAndGet();
                    return loader.load(key).onClose(closed::incrementAndGet);
                })
                .ttl("10m")
                .jitter(0);
    }

    private final CachedStream<Long, String> streams = spec().build();

    private List<String> read() {
        try (Stream<String> stream = streams.open(1L)) {
            return stream.toList();
        }
    }

    @AfterEach
    void close() {
        larder.close();
    }

    @Test
    void open_readToItsEnd_isReplayedUntilItsTtlEnds() {
        assertThat(read()).containsExactly("a1", "", "c1");
        assertThat(read()).containsExactly("a1", "", "c1");
        assertThat(loads).hasValue(1);
        assertThat(closed).hasValue(1);
        assertThat(streams.whole().peek(1L)).isInstanceOf(Lookup.Fresh.class);
        assertThat(streams.whole().stats().hits()).isEqualTo(1);
        assertThat(streams.whole().stats().misses()).isEqualTo(1);

        ticker.advance(Duration.ofMinutes(11));

        assertThat(read()).containsExactly("a2", "", "c2");
    }

    @Test
    void open_readInPart_storesNothing() {
        try (Stream<String> stream = streams.open(1L)) {
            assertThat(stream.limit(2)).containsExactly("a1", "");
        }
        try (Stream<String> stream = streams.open(1L)) {
            assertThat(stream.findFirst()).contains("a2");
        }

        assertThat(streams.whole().peek(1L)).isInstanceOf(Lookup.Absent.class);
        assertThat(bytes.puts()).isZero();
        assertThat(closed).hasValue(2);
    }

    @Test
    void open_asAnIterator_isStoredWhenItHasNoMore() {
        Iterator<String> iterator = streams.open(1L).iterator();
        iterator.next();
        iterator.next();
        iterator.next();
        assertThat(streams.whole().peek(1L))
                .as("nobody knows that this was all")
                .isInstanceOf(Lookup.Absent.class);

        assertThat(iterator.hasNext()).isFalse();

        assertThat(read()).containsExactly("a1", "", "c1");
        assertThat(loads).hasValue(1);
    }

    @Test
    void open_empty_isKeptAsEmpty() {
        loader = key -> Stream.empty();

        assertThat(read()).isEmpty();
        assertThat(read()).isEmpty();

        assertThat(loads).hasValue(1);
    }

    @Test
    void open_counted_readsAllAndStores() {
        try (Stream<String> stream = streams.open(1L)) {
            assertThat(stream.count()).isEqualTo(3);
        }

        assertThat(read()).hasSize(3);
        assertThat(loads).hasValue(1);
    }

    @Test
    void open_inParallel_isStoredAsItCame() {
        loader = key -> IntStream.range(0, 5000).mapToObj(Integer::toString);
        try (Stream<String> stream = streams.open(1L)) {
            assertThat(stream.parallel().mapToLong(Long::parseLong).sum()).isEqualTo(5000L * 4999 / 2);
        }

        assertThat(read()).hasSize(5000).startsWith("0", "1", "2").endsWith("4998", "4999");
        assertThat(loads).hasValue(1);
    }

    @Test
    void open_twoProducers_doNotMix() {
        Iterator<String> first = streams.open(1L).iterator();
        Iterator<String> second = streams.open(1L).iterator();
        loader = key -> Stream.of("never");
        String one = first.next();
        String two = second.next();
        for (int i = 0; i < 3; i++) { // the third finds both ends
            one += first.hasNext() ? "," + first.next() : "";
            two += second.hasNext() ? "," + second.next() : "";
        }

        assertThat(one).isEqualTo("a1,,c1");
        assertThat(two).isEqualTo("a2,,c2");
        assertThat(String.join(",", read())).isIn(one, two);
        assertThat(loads).hasValue(2);
    }

    @Test
    void open_sourceFailingHalfWay_storesNothing() {
        loader = key -> Stream.of("a", "b", "c").peek(chunk -> {
            if (chunk.equals("c")) {
                throw new IllegalStateException("cut");
            }
        });

        assertThatThrownBy(this::read).isInstanceOf(IllegalStateException.class);

        assertThat(streams.whole().peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void open_readerFailing_storesNothing() {
        try (Stream<String> stream = streams.open(1L)) {
            assertThatThrownBy(() -> stream.forEach(chunk -> {
                        throw new IllegalStateException("reader");
                    }))
                    .isInstanceOf(IllegalStateException.class);
        }

        assertThat(streams.whole().peek(1L)).isInstanceOf(Lookup.Absent.class);
    }

    @Test
    void open_loaderFailing_raisesItsFailure() {
        loader = key -> {
            throw new IOException("down");
        };
        assertThatThrownBy(this::read).isInstanceOf(LoadFailedException.class).hasCauseInstanceOf(IOException.class);

        CachedStream<Long, String> bad = larder.cachedStream(
                        "null:{key}", Long.class, new TypeRef<List<String>>() {}, key -> nothing())
                .ttl("10m")
                .build();
        assertThatThrownBy(() -> bad.open(1L)).hasMessageContaining("return Stream.empty()");
        assertThat(streams.whole().stats().loadFailures()).isEqualTo(1);
    }

    @SuppressWarnings("NullAway") // what a careless loader does
    private static Stream<String> nothing() {
        return null;
    }

    @Test
    void open_changedBeforeItsEnd_isNotStoredOverTheChange() {
        Iterator<String> invalidated = streams.open(1L).iterator();
        invalidated.next();
        streams.whole().invalidate(1L);
        invalidated.forEachRemaining(chunk -> {});
        assertThat(streams.whole().peek(1L)).isInstanceOf(Lookup.Absent.class);

        Iterator<String> overwritten = streams.open(1L).iterator();
        streams.whole().put(1L, List.of("put"));
        overwritten.forEachRemaining(chunk -> {});
        assertThat(read()).containsExactly("put");
        streams.whole().invalidate(1L);

        Iterator<String> refreshed = streams.open(1L).iterator();
        List<String> newer = streams.whole().refresh(1L);
        refreshed.forEachRemaining(chunk -> {});
        assertThat(read()).isEqualTo(newer);
    }

    @Test
    void open_tagInvalidatedBeforeItsEnd_isNotServedLater() {
        CachedStream<Long, String> tagged = larder.cachedStream(
                        "t:{key}", Long.class, new TypeRef<List<String>>() {}, key -> chunks(loads.incrementAndGet()))
                .ttl("10m")
                .tags("all")
                .build();
        Iterator<String> iterator = tagged.open(1L).iterator();
        iterator.next();
        larder.invalidateTag("all");
        iterator.forEachRemaining(chunk -> {});

        assertThat(tagged.open(1L)).containsExactly("a2", "", "c2");
        assertThat(tagged.open(1L)).containsExactly("a2", "", "c2");
    }

    @Test
    void open_longerThanTheBound_isReadAndNotStored() {
        CachedStream<Long, String> bounded = larder.cachedStream(
                        "b:{key}",
                        Long.class,
                        new TypeRef<List<String>>() {},
                        key -> IntStream.range(0, key.intValue()).mapToObj(Integer::toString))
                .ttl("10m")
                .elementsMax(100)
                .build();

        assertThat(bounded.open(101L)).hasSize(101);
        assertThat(bounded.open(100L)).hasSize(100);
        assertThat(bounded.whole().get(102L)).hasSize(102);

        assertThat(bounded.whole().peek(101L)).isInstanceOf(Lookup.Absent.class);
        assertThat(bounded.whole().peek(102L)).isInstanceOf(Lookup.Absent.class);
        assertThat(bounded.whole().peek(100L)).isInstanceOf(Lookup.Fresh.class);
        assertThatIllegalArgumentException().isThrownBy(() -> spec().elementsMax(0));
    }

    @Test
    void open_storeDown_streamsAllTheSame() {
        bytes.down(true);

        assertThat(read()).containsExactly("a1", "", "c1");

        assertThat(streams.whole().stats().unavailable()).isEqualTo(1);
        assertThat(bytes.puts()).isZero();
    }

    @Test
    @SuppressWarnings("try") // the scopes are not used in their bodies
    void open_disabled_leavesTheStoreAlone() {
        try (Scope off = larder.disabling(Op.WRITE)) {
            assertThat(read()).containsExactly("a1", "", "c1");
        }
        assertThat(bytes.puts()).isZero();
        assertThat(read()).containsExactly("a2", "", "c2");
        try (Scope off = larder.disabling(Op.READ)) {
            assertThat(read()).containsExactly("a3", "", "c3");
        }
        assertThat(read()).as("stored").containsExactly("a3", "", "c3");
    }

    @Test
    void whole_get_sharesEntriesWithStreams() {
        assertThat(streams.whole().get(1L)).containsExactly("a1", "", "c1");
        assertThat(read()).containsExactly("a1", "", "c1");
        assertThat(closed).hasValue(1);
    }
}
