package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pins the formats: a change here breaks files written before. */
class LayoutTest {
    @Test
    void item_smallest_hasTwelveBytesOfHeader() {
        assertThat(ItemLayout.HEADER_BYTES).isEqualTo(12);
        assertThat(ItemLayout.keyOffset(5)).isEqualTo(12);
        assertThat(ItemLayout.keyOffset(5 | ItemLayout.STALE | ItemLayout.WON | ItemLayout.FETCHED))
                .isEqualTo(12);
        assertThat(ItemLayout.keyOffset(5 | ItemLayout.EXTENSIONS)).isEqualTo(28);
        assertThat(ItemLayout.aligned(13)).isEqualTo(16);
    }

    @Test
    void item_written_liesAsPictured() {
        Segment segment = segment(100);
        Worker worker = worker();
        worker.now = 160;
        worker.probe.load(ByteBuffer.wrap(new byte[] {'k', 'e', 'y'}));
        worker.next.marks = ItemLayout.STALE;
        worker.next.flags = 0x01020304;
        worker.next.cas = 0x1_0000_0007L;
        worker.next.deadline = 190;
        worker.next.accessSeconds = 160;
        worker.next.value(ByteBuffer.wrap(new byte[] {1, 2}));
        worker.room.segment = segment;
        worker.room.offset = 8;
        worker.room.bytes = worker.next.recordBytes(3, worker.now);

        worker.next.write(worker.room, worker.probe, worker.now);

        ByteBuffer memory = segment.memory;
        assertThat(worker.room.bytes).isEqualTo(28);
        assertThat(memory.get(8)).isEqualTo((byte) 3);
        assertThat(memory.get(9)).isEqualTo((byte) 0b0001_0101);
        assertThat(memory.getShort(10)).isEqualTo((short) 90);
        assertThat(memory.getInt(12)).isEqualTo(60 << 16 | 2);
        assertThat(memory.getInt(16)).isEqualTo(7);
        assertThat(memory.getInt(20)).isEqualTo(0x01020304);
        assertThat(memory.getInt(24)).isEqualTo(1);
        assertThat(memory.get(28)).isEqualTo((byte) 'k');
        assertThat(memory.get(31)).isEqualTo((byte) 1);
        ItemView view = worker.item;
        view.load(segment, 8);
        assertThat(view.deadline).isEqualTo(190);
        assertThat(view.cas).isEqualTo(0x1_0000_0007L);
        assertThat(view.flags).isEqualTo(0x01020304);
        assertThat(view.accessSeconds()).isEqualTo(160);
        assertThat(view.recordBytes).isEqualTo(28);
    }

    @Test
    void part_written_liesAsPictured() {
        Segment segment = segment(100);
        Worker worker = worker();
        worker.next.value(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5}));
        worker.room.segment = segment;
        worker.room.offset = 8;
        worker.room.bytes = 20;

        int written = worker.next.writePart(worker.room, 0x0102030405060708L, 1);

        ByteBuffer memory = segment.memory;
        assertThat(written).isEqualTo(4);
        assertThat(memory.getInt(8)).isZero();
        assertThat(memory.getInt(12)).isEqualTo(4);
        assertThat(memory.getLong(16)).isEqualTo(0x0102030405060708L);
        assertThat(memory.getInt(24)).isEqualTo(0x05040302);
        assertThat(worker.next.part(0)).isEqualTo(Slot.location(1, 8));
    }

    @Test
    void segmentHeader_savedAndLoaded_isTheSameSegmentSealed() {
        Segment segment = segment(100);
        segment.take(40, 40);
        segment.writerDone();
        segment.addLive(1, 40);
        segment.raiseLastDeadline(7_000_000_000L);
        segment.seal();
        ByteBuffer header = ByteBuffer.allocate(SegmentHeader.BYTES);

        segment.saveTo(header);
        Segment other = new Segment(1);
        other.loadFrom(header);

        assertThat(header.getInt(SegmentHeader.NUMBER)).isEqualTo(1);
        assertThat(header.getInt(SegmentHeader.WRITTEN_BYTES)).isEqualTo(40);
        assertThat(other.state()).isEqualTo(Segment.State.SEALED);
        assertThat(other.order).isEqualTo(1);
        assertThat(other.baseSeconds).isEqualTo(100);
        assertThat(other.writtenBytes()).isEqualTo(40);
        assertThat(other.liveRecords()).isEqualTo(1);
        assertThat(other.liveBytes()).isEqualTo(40);
        assertThat(other.lastDeadline()).isEqualTo(7_000_000_000L);
        assertThat(other.hasWriters()).isFalse();
    }

    @Test
    void slot_fields_fillTheWord() {
        long location = Slot.location(Slot.SEGMENTS_MAX, (1 << 20) - 4);
        long slot = Slot.of((1 << 24) - 1, 3, location);

        assertThat(slot).isEqualTo(-1);
        assertThat(Slot.segment(slot)).isEqualTo(Slot.SEGMENTS_MAX);
        assertThat(Slot.offset(slot)).isEqualTo((1 << 20) - 4);
        assertThat(Slot.tag(slot)).isEqualTo((1 << 24) - 1);
        assertThat(Slot.uses(Slot.used(Slot.of(5, 1, location)))).isEqualTo(2);
        assertThat(Slot.location(Slot.of(5, 1, location))).isEqualTo(location);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 4_095, 4_096, 86_400, 8_000_000, 134_000_000})
    void accessAge_decoded_isCloseAndNeverLater(long seconds) {
        long decoded = AccessAge.decode(AccessAge.encode(seconds));

        assertThat(decoded).isBetween(seconds - seconds / 2048, seconds);
        assertThat(AccessAge.encode(Long.MAX_VALUE)).isEqualTo(0xffff);
    }

    private static Segment segment(long base) {
        Segment segment = new Segment(1);
        segment.memory = ByteBuffer.allocateDirect(4096).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        segment.open(0, 0, base, 1, 0);
        return segment;
    }

    private static Worker worker() {
        return new Worker(new SegmentStore(new StorageConfig(1 << 20, 1024), () -> 0, 1), 0);
    }
}
