package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Pins every size and offset of what lies in files; {@link LayoutTest} shows that items are written so. */
class FormatsTest {
    @Test
    void item_header() {
        assertThat(ItemLayout.WORD).isZero();
        assertThat(ItemLayout.SIZE).isEqualTo(4);
        assertThat(ItemLayout.CAS).isEqualTo(8);
        assertThat(ItemLayout.HEADER_BYTES).isEqualTo(12);
        assertThat(ItemLayout.EXTENSION_BYTES).isEqualTo(4);
        assertThat(ItemLayout.LOCATION_BYTES).isEqualTo(8);
        assertThat(ItemLayout.KEY_MASK).isEqualTo(0xff);
        assertThat(ItemLayout.EXPIRY_SHIFT).isEqualTo(16);
        assertThat(ItemLayout.EXPIRY_MAX).isEqualTo(0xffff);
        assertThat(ItemLayout.SIZE_BITS).isEqualTo(16);
        assertThat(new int[] {
                    ItemLayout.CLIENT_FLAGS,
                    ItemLayout.LONG_EXPIRY,
                    ItemLayout.HIGH_CAS,
                    ItemLayout.LARGE,
                    ItemLayout.STALE,
                    ItemLayout.WON,
                    ItemLayout.FETCHED,
                    ItemLayout.BINARY_KEY
                })
                .containsExactly(0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000);
        assertThat(ItemLayout.EXTENSIONS).isEqualTo(0xf00);
    }

    @Test
    void part_ofALargeValue() {
        assertThat(PartLayout.WORD).isZero();
        assertThat(PartLayout.SIZE).isEqualTo(4);
        assertThat(PartLayout.HASH).isEqualTo(8);
        assertThat(PartLayout.HEADER_BYTES).isEqualTo(16);
    }

    @Test
    void slot_ofTheIndex() {
        assertThat(Slot.OFFSET_BITS).isEqualTo(18);
        assertThat(Slot.SEGMENT_BITS).isEqualTo(20);
        assertThat(Slot.USES_BITS).isEqualTo(2);
        assertThat(Slot.TAG_BITS).isEqualTo(24);
        assertThat(AccessAge.BITS).isEqualTo(16);
    }

    @Test
    void file_header() {
        assertThat(FileHeader.MAGIC).isZero();
        assertThat(FileHeader.VERSION).isEqualTo(8);
        assertThat(FileHeader.SEGMENT_BYTES).isEqualTo(12);
        assertThat(FileHeader.STORE_BYTES).isEqualTo(16);
        assertThat(FileHeader.FILE_ID).isEqualTo(24);
        assertThat(FileHeader.BYTES).isEqualTo(4096);
        assertThat(FileHeader.MAGIC_VALUE).isEqualTo(0x4c41524445525331L);
    }

    @Test
    void image_header() {
        assertThat(new int[] {
                    ImageHeader.MAGIC,
                    ImageHeader.VERSION,
                    ImageHeader.FILE_ID,
                    ImageHeader.SEED,
                    ImageHeader.CHUNKS,
                    ImageHeader.CLOCK_SECONDS,
                    ImageHeader.WALL_MILLIS,
                    ImageHeader.LAST_ORDER,
                    ImageHeader.LAST_TOKEN,
                    ImageHeader.ITEMS,
                    ImageHeader.ITEM_BYTES,
                    ImageHeader.FLUSHED_ORDER,
                    ImageHeader.FLUSH_SECONDS,
                    ImageHeader.SEGMENTS,
                    ImageHeader.BYTES
                })
                .containsExactly(0, 8, 12, 20, 28, 32, 40, 48, 56, 64, 72, 80, 88, 96, 100);
        assertThat(ImageHeader.MAGIC_VALUE).isEqualTo(0x4c41524445524931L);
    }

    @Test
    void segment_header() {
        assertThat(new int[] {
                    SegmentHeader.NUMBER,
                    SegmentHeader.ORDER,
                    SegmentHeader.BASE_SECONDS,
                    SegmentHeader.WRITTEN_BYTES,
                    SegmentHeader.LIVE,
                    SegmentHeader.LAST_DEADLINE,
                    SegmentHeader.BAND,
                    SegmentHeader.LIFETIME,
                    SegmentHeader.INFLATION,
                    SegmentHeader.BYTES
                })
                .containsExactly(0, 4, 12, 20, 24, 32, 40, 41, 42, 50);
    }
}
