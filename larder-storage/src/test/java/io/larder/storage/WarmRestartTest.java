package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WarmRestartTest {
    private static final StorageConfig SIZE = new StorageConfig(4 << 20, 200_000).withWriters(1);

    private final AtomicLong wallMillis = new AtomicLong(1_000_000);

    @TempDir
    @Nullable
    Path directory;

    @Test
    void orderlyStop_keepsEveryLiveItemWithItsFields() {
        SegmentStore first = open();
        ItemStore.Session session = first.session();
        for (int i = 0; i < 3_000; i++) {
            session.store(StoreMode.SET, key("k" + i), key("old" + i), i, 0);
            session.store(StoreMode.SET, key("k" + i), key("value" + i), i, i % 3 == 0 ? 1_000 : 0);
        }
        session.delete(key("k7"));
        session.store(StoreMode.SET, key("large"), ByteBuffer.allocate(150_000), 0, 100_000);
        ItemStore.Item before = session.get(key("k8"));
        assertThat(before).isNotNull();
        long token = before.cas();
        session.close();
        first.close();

        SegmentStore second = open();
        session = second.session();

        assertThat(second.stats().items()).isEqualTo(3_000);
        assertThat(second.stats().bytes()).isEqualTo(first.stats().bytes());
        for (int i = 0; i < 3_000; i++) {
            ItemStore.Item item = session.look(key("k" + i));
            assertThat(ItemStoreContract.text(item)).isEqualTo(i == 7 ? null : "value" + i);
            assertThat(item == null || item.flags() == i).isTrue();
        }
        ItemStore.Item large = session.look(key("large"));
        assertThat(large).isNotNull();
        assertThat(large.valueBytes()).isEqualTo(150_000);
        assertThat(session.compareAndStore(key("k8"), key("new"), 0, 0, token)).isEqualTo(Outcome.STORED);
        ItemStore.Item stored = session.get(key("k8"));
        assertThat(stored).isNotNull();
        assertThat(stored.cas()).isGreaterThan(token);
        second.close();
    }

    @Test
    void orderlyStop_segmentHalfEmpty_keepsWhatWasStillInIt() {
        SegmentStore first = open(SIZE.withBytes(64 << 20));
        ItemStore.Session session = first.session();
        for (int i = 0; i < 10_000; i++) {
            session.store(StoreMode.SET, key("k" + i), key("v" + i), 0, 0);
        }
        session.close();
        first.reclaimer.slice(Long.MAX_VALUE, true);
        assertThat(first.segments.all()).anyMatch(segment -> segment.state() == Segment.State.DRAINING);
        Set<String> kept = new HashSet<>();
        first.onEviction((key, item) -> kept.remove(US_ASCII.decode(key).toString()));
        session = first.session();
        for (int i = 0; i < 10_000; i++) {
            if (session.get(key("k" + i)) != null) {
                kept.add("k" + i);
            }
        }
        session.close();
        first.close();

        SegmentStore second = open(SIZE.withBytes(64 << 20));
        session = second.session();

        assertThat(kept).hasSizeGreaterThan(9_800);
        assertThat(second.stats().items()).isEqualTo(kept.size());
        for (String name : kept) {
            assertThat(ItemStoreContract.text(session.look(key(name)))).isEqualTo("v" + name.substring(1));
        }
        second.close();
    }

    @Test
    void orderlyStop_timeAway_countsAgainstTtls() {
        SegmentStore first = open();
        ItemStore.Session session = first.session();
        session.store(StoreMode.SET, key("short"), key("v"), 0, 60);
        session.store(StoreMode.SET, key("long"), key("v"), 0, 200_000);
        first.close();
        wallMillis.addAndGet(Duration.ofSeconds(100).toMillis());

        SegmentStore second = open();
        session = second.session();

        assertThat(session.get(key("short"))).isNull();
        ItemStore.Item item = session.get(key("long"));
        assertThat(item).isNotNull();
        assertThat(item.ttlSeconds()).isEqualTo(199_900);
        second.close();
    }

    @Test
    void restart_manyRoundsUnderEviction_neverShowsAnythingForeign() {
        int round = 0;
        for (; round < 20; round++) {
            SegmentStore store = open();
            ItemStore.Session session = store.session();
            int shown = 0;
            for (int i = 0; i < 20_000; i++) {
                ItemStore.Item item = session.get(key("key" + i));
                if (item != null) {
                    assertThat(ItemStoreContract.text(item)).startsWith("value" + i + ".");
                    shown++;
                }
                if (i % 3 == round % 3) {
                    String value = "value" + i + "." + "x".repeat((i * 7 + round) % 900);
                    session.store(StoreMode.SET, key("key" + i), key(value), 0, 0);
                }
            }
            assertThat(shown).isGreaterThan(round == 0 ? -1 : 100);
            session.close();
            store.close();
        }
        assertThat(round).isEqualTo(20);
    }

    @Test
    void kill_leavesNoImage_startsEmpty() throws IOException {
        SegmentStore first = open();
        first.session().store(StoreMode.SET, key("k"), key("v"), 0, 0);
        first.close();
        Path image = file().resolveSibling("store.image");
        byte[] kept = Files.readAllBytes(image);

        SegmentStore second = open();
        assertThat(image).doesNotExist();
        assertThat(second.session().get(key("k"))).isNotNull();
        second.close();
        Files.delete(image); // as if the process had been killed before it wrote one
        SegmentStore third = open();
        assertThat(third.session().get(key("k"))).isNull();
        third.close();

        kept[kept.length / 2] ^= 1;
        Files.write(image, kept);
        SegmentStore fourth = open();
        assertThat(fourth.session().get(key("k"))).isNull();
        fourth.close();
    }

    @Test
    void file_ofAnotherSizeVersionOrKind_isRefused() throws IOException {
        open().close();

        assertThatThrownBy(() -> open(SIZE.withBytes(8 << 20)))
                .isInstanceOf(StoreFileException.class)
                .hasMessageContaining("was made for 4194304 bytes, not 8388608");
        assertThatThrownBy(() -> open(new StorageConfig(4 << 20, 2 << 20)))
                .hasMessageContaining("has segments of 4096 bytes, not 8192, because the largest value was another");
        byte[] bytes = Files.readAllBytes(file());
        bytes[8] = 9;
        Files.write(file(), bytes);
        assertThatThrownBy(this::open).hasMessageContaining("has format 9, this version reads 2");
        Files.writeString(file(), "something else");
        assertThatThrownBy(this::open).hasMessageContaining("is not a store file");
        assertThat(file()).hasContent("something else");
    }

    @Test
    void file_inUse_isRefused() {
        SegmentStore first = open();

        assertThatThrownBy(this::open).hasMessageContaining("is in use");

        first.close();
    }

    private SegmentStore open() {
        return open(SIZE);
    }

    private SegmentStore open(StorageConfig config) {
        return new SegmentStore(config.withFile(file()), new FakeTicker(), 3, wallMillis::get);
    }

    private Path file() {
        Path inside = directory;
        assertThat(inside).isNotNull();
        return inside.resolve("store");
    }

    private static ByteBuffer key(String text) {
        return ByteBuffer.wrap(text.getBytes(US_ASCII));
    }
}
