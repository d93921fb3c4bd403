package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that an earlier build has written, kept with the tests: nobody changes the format without noticing. */
class StoreSampleTest {
    private static final String HOW_TO_RENEW =
            "the format of %s changed: raise its version in %s (not if only the order of the slots did), "
                    + "then write the samples anew with StoreSample.main";

    private final FakeTicker ticker = new FakeTicker();

    @TempDir
    @Nullable
    Path temporary;

    @Test
    void sample_writtenToday_isTheStoredOneToTheByte() throws IOException {
        StoreSample.write(directory());

        assertThat(StoreSample.contents(file()))
                .as(HOW_TO_RENEW, "store files", "FileHeader")
                .isEqualTo(StoreSample.stored("store"));
        assertThat(StoreSample.contents(image()))
                .as(HOW_TO_RENEW, "store images", "ImageHeader")
                .isEqualTo(StoreSample.stored("store.image"));
    }

    @Test
    void storedSample_opened_showsEveryItem() throws IOException {
        unpack();

        SegmentStore store = StoreSample.open(file(), ticker);
        ItemStore.Session session = store.session();

        assertThat(store.stats().items()).isEqualTo(9);
        assertThat(session.look(StoreSample.bytes(StoreSample.FLUSHED))).isNull();
        assertThat(session.look(StoreSample.bytes("deleted"))).isNull();
        ItemStore.Item plain = look(session, "plain");
        assertThat(ItemStoreContract.text(plain)).isEqualTo("value");
        assertThat(plain.cas()).isEqualTo(3);
        assertThat(plain.ttlSeconds()).isEqualTo(-1);
        assertThat(plain.isFetched()).isFalse();
        assertThat(look(session, "flags").flags()).isEqualTo(0x0102_0304);
        ItemStore.Item read = look(session, "short");
        assertThat(read.ttlSeconds()).isEqualTo(95);
        assertThat(read.isFetched()).isTrue();
        assertThat(read.idleSeconds()).isZero();
        assertThat(look(session, "long").ttlSeconds()).isEqualTo(999_995);
        assertThat(look(session, "token").cas()).isEqualTo(0x1_0000_0007L);
        ItemStore.Item stale = look(session, "stale");
        assertThat(stale.isStale()).isTrue();
        assertThat(stale.flags()).isEqualTo(7);
        assertThat(stale.ttlSeconds()).isEqualTo(49_995);
        assertThat(look(session, "won").isWon()).isTrue();
        ItemStore.Item large = look(session, "large");
        ByteBuffer value = ByteBuffer.allocate(StoreSample.LARGE_BYTES);
        large.copyValue(0, large.valueBytes(), value);
        assertThat(value.flip()).isEqualTo(StoreSample.largeValue());
        ticker.advance(Duration.ofSeconds(1_000));
        assertThat(session.look(StoreSample.bytes("plain")))
                .as("the flush that was to come")
                .isNull();
        store.close();
    }

    @Test
    void image_ofAnotherVersion_isRefusedAndKept() throws IOException {
        unpack();
        byte[] image = StoreSample.stored("store.image");
        ByteBuffer.wrap(image).putInt(ImageHeader.VERSION, 9);
        Files.write(image(), withSum(image));

        assertThatThrownBy(() -> StoreSample.open(file(), ticker))
                .isInstanceOf(StoreFileException.class)
                .hasMessageEndingWith("has format 9, this version reads 2; remove it to start empty");

        assertThat(image()).exists();
        Files.write(image(), StoreSample.stored("store.image"));
        SegmentStore store = StoreSample.open(file(), ticker); // the refusal left the file to others
        assertThat(store.stats().items()).isEqualTo(9);
        store.close();
    }

    @Test
    void file_ofAnotherVersionOrSize_isRefusedAndKept() throws IOException {
        unpack();
        byte[] bytes = StoreSample.stored("store");
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        header.putInt(FileHeader.VERSION, 1);
        Files.write(file(), bytes);
        assertThatThrownBy(() -> StoreSample.open(file(), ticker))
                .isInstanceOf(StoreFileException.class)
                .hasMessageEndingWith("has format 1, this version reads 2; remove it to start empty");

        header.putInt(FileHeader.VERSION, FileHeader.VERSION_VALUE);
        header.putLong(FileHeader.STORE_BYTES, 2 << 20);
        Files.write(file(), bytes);
        assertThatThrownBy(() -> StoreSample.open(file(), ticker))
                .isInstanceOf(StoreFileException.class)
                .hasMessageEndingWith("was made for 2097152 bytes, not 1048576; start with that size or remove it");

        assertThat(image()).exists();
        assertThat(file()).hasBinaryContent(bytes);
    }

    private static byte[] withSum(byte[] image) {
        CRC32C sum = new CRC32C();
        sum.update(image, 0, image.length - Long.BYTES);
        ByteBuffer.wrap(image).putLong(image.length - Long.BYTES, sum.getValue());
        return image;
    }

    private void unpack() throws IOException {
        Files.write(file(), StoreSample.stored("store"));
        Files.write(image(), StoreSample.stored("store.image"));
    }

    private static ItemStore.Item look(ItemStore.Session session, String key) {
        ItemStore.Item item = session.look(StoreSample.bytes(key));
        assertThat(item).as(key).isNotNull();
        return item;
    }

    private Path directory() {
        Path inside = temporary;
        assertThat(inside).isNotNull();
        return inside;
    }

    private Path file() {
        return directory().resolve("store");
    }

    private Path image() {
        return directory().resolve("store.image");
    }
}
