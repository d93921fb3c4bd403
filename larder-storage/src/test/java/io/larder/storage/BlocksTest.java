package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class BlocksTest {
    private static final int PIECE_BYTES = 4096;
    private static final int PER_SLAB = 4;

    private final Ledger ledger = new Ledger(1 << 20);
    private final Epochs epochs = new Epochs();
    private final DirectMemory memory = new DirectMemory(PIECE_BYTES, ledger);
    private final Blocks blocks = new Blocks(memory, ledger, epochs);

    @Test
    void take_usedBefore_isEmpty() {
        int[] first = blocks.take(1);
        blocks.slab(first[0]).setRelease(blocks.start(first[0]) + 5, 99);
        blocks.retire(first);

        int[] again = blocks.take(1);

        assertThat(again).isEqualTo(first);
        assertThat(blocks.slab(again[0]).get(blocks.start(again[0]) + 5)).isEqualTo(Slot.EMPTY);
    }

    @Test
    void take_manyBlocks_noneTwiceAndInWholeSlabs() {
        int[] taken = blocks.take(10 * PER_SLAB + 1);

        assertThat(Arrays.stream(taken).distinct()).hasSameSizeAs(taken);
        assertThat(ledger.used()).isEqualTo(11L * PIECE_BYTES);
    }

    @Test
    void retire_whileRead_waits() {
        Guard reader = epochs.open();
        int[] taken = blocks.take(1);
        reader.enter();
        blocks.retire(taken);

        assertThat(blocks.take(1)).isNotEqualTo(taken);

        reader.leave();
        assertThat(blocks.take(2)).contains(taken[0]);
    }

    @Test
    void retire_wholeSlabs_areGivenBackButForOne() {
        int[] kept = blocks.take(1);
        blocks.retire(blocks.take(20 * PER_SLAB));

        assertThat(ledger.used()).isEqualTo(2L * PIECE_BYTES);
        assertThat(memory.takeDroppedBytes()).isZero(); // the ledger has room for segments of it
        assertThat(blocks.slab(kept[0])).isNotSameAs(Slab.NONE);
    }

    @Test
    void gather_blocksFreeAllOver_namesThoseOfTheLastSlabs() {
        int[][] tables = new int[20 * PER_SLAB][];
        for (int i = 0; i < tables.length; i++) {
            tables[i] = blocks.take(1);
        }
        blocks.gather();
        assertThat(Arrays.stream(tables)).noneMatch(blocks::isScattered);
        for (int i = 0; i < tables.length; i++) {
            if (i % PER_SLAB != 0) {
                blocks.retire(tables[i]);
            }
        }

        blocks.gather();

        for (int i = 0; i < tables.length; i += PER_SLAB) {
            if (blocks.isScattered(tables[i])) {
                int[] moved = blocks.take(1);
                blocks.retire(tables[i]);
                tables[i] = moved;
            }
            assertThat(blocks.isScattered(tables[i])).isFalse();
        }
        assertThat(ledger.used()).isLessThanOrEqualTo(8L * PIECE_BYTES); // 20 blocks need 5
    }

    @Test
    void index_thatBecameSmall_givesBackAndFindsAll() {
        Segments segments = new Segments(PIECE_BYTES, new Ledger(1 << 20), memory);
        Index index = new Index(16, segments, blocks);
        int keys = 50_000;
        for (int key = 0; key < keys; key++) {
            index.insert(probe(key), 0, location(key));
        }
        long full = ledger.used();
        for (int key = 0; key < keys; key++) {
            Probe probe = probe(key);
            if (key % 10 != 0 && index.findLocation(probe, location(key))) {
                index.remove(probe);
            }
        }

        for (int turn = 0; turn < 5; turn++) {
            blocks.gather();
            for (int chunk = 0; chunk < index.chunks(); chunk++) {
                index.trim(chunk);
            }
        }

        assertThat(ledger.used()).isLessThan(full / 4);
        for (int key = 0; key < keys; key++) {
            assertThat(index.findLocation(probe(key), location(key))).isEqualTo(key % 10 == 0);
        }
    }

    private static Probe probe(int key) {
        Probe probe = new Probe(0);
        probe.load(key * 0x9e3779b97f4a7c15L);
        return probe;
    }

    private static long location(int key) {
        return Slot.location(1 + key / 1000, key % 1000 * 4);
    }
}
