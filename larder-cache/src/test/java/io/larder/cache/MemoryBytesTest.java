package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A {@link Larder} over {@code mem:?max=}. */
class MemoryBytesTest {
    private final Larder larder = Larder.open("mem:?max=2MB");
    private int loads;

    @AfterEach
    void close() {
        larder.close();
    }

    private CachedSpec<Long, List<String>> names() {
        return larder.cached("names:{key}", new TypeRef<Long>() {}, new TypeRef<List<String>>() {}, id -> {
                    loads++;
                    return new ArrayList<>(List.of("name " + id));
                })
                .ttl("10m");
    }

    @Test
    void get_valueChangedByItsReader_isToOthersAsItWasLoaded() {
        Cached<Long, List<String>> names = names().build();
        names.get(7L).clear();

        List<String> seen = names.get(7L);

        assertThat(seen).containsExactly("name 7");
        assertThat(loads).isEqualTo(1);
        assertThat(names.stats().nearHits()).as("it is in the process").isEqualTo(1);
        assertThat(names.explain(7L).levels())
                .extracting(Explanation.Level::place)
                .containsExactly(Detector.Level.PROCESS);
    }

    @Test
    void stores_tellItsBytes_andHealthHasNothingToTell() {
        Cached<Long, List<String>> names = names().build();
        names.get(1L);
        StoreStats one = larder.stores().get(0);
        names.get(2L);
        StoreStats two = larder.stores().get(0);

        assertThat(one.store()).isEqualTo("mem:");
        assertThat(one.entries()).isEqualTo(1);
        assertThat(one.bytes()).isBetween((long) MemoryByteStore.ENTRY_BYTES, 400L);
        assertThat(two.bytes()).isEqualTo(2 * one.bytes());
        assertThat(larder.health()).as("nothing of it can be down").isEmpty();
    }

    @Test
    void get_valueLargerThanAll_isAnsweredAndCounted() {
        Cached<Long, byte[]> files = larder.cached("file:{key}", Long.class, byte[].class, id -> {
                    loads++;
                    byte[] file = new byte[3 << 20];
                    new Random(id).nextBytes(file); // or it would be compressed
                    return file;
                })
                .ttl("10m")
                .build();

        for (int i = 0; i < 30; i++) {
            assertThat(files.get(7L)).hasSize(3 << 20);
        }
        Cached<Long, List<String>> names = names().build();
        names.get(1L);
        names.get(1L);

        assertThat(loads).as("each time, and one of names").isEqualTo(31);
        assertThat(files.stats().storeFailures()).isEqualTo(30);
        assertThat(names.stats().hits()).isEqualTo(1);
    }

    @Test
    void invalidateTag_readers_loadAgain() {
        Cached<Long, List<String>> names = names().tags("all").build();
        names.get(7L);
        names.get(7L);
        assertThat(loads).isEqualTo(1);

        larder.invalidateTag("all");
        names.get(7L);

        assertThat(loads).isEqualTo(2);
    }

    @Test
    void getAsync_hit_isAnsweredAtOnce() {
        Cached<Long, List<String>> names = names().build();
        names.get(7L);

        CompletableFuture<List<String>> again = names.getAsync(7L);

        assertThat(again).isCompletedWithValue(List.of("name 7"));
    }

    @Test
    void cached_typeThatCannotBeWritten_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> larder.cached("t:{key}", Long.class, Thread.class, id -> Thread.currentThread())
                        .ttl("1m")
                        .build())
                .withMessageStartingWith("values of \"t:{key}\" cannot be stored: ");
    }

    @Test
    void open_moreThanHalfTheHeap_isRefusedWithWhatThereIs() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("mem:?max=9000TB"))
                .withMessageMatching(
                        "mem: option \"max\": 9000TB is not between 1MB and \\d+[MGT]B, half the heap; start Java with a larger -Xmx for more");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("mem:?max=1023KB"))
                .withMessageStartingWith("mem: option \"max\": 1023KB is not between 1MB and ");
    }
}
