package io.larder.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DirectMemoryTest {
    private static final int PIECE_BYTES = 1024;

    private final Ledger ledger = new Ledger(100 * PIECE_BYTES);
    private final DirectMemory memory = new DirectMemory(PIECE_BYTES, ledger);

    @Test
    void take_piece_isOfTheSizeAndBeginsALine() {
        ByteBuffer piece = memory.take();

        assertThat(piece.capacity()).isEqualTo(PIECE_BYTES);
        assertThat(piece.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(piece.alignmentOffset(0, 64)).isZero();
    }

    @Test
    void giveBack_roomInTheLedger_isTakenAgain() {
        List<ByteBuffer> pieces = take(20);

        pieces.forEach(memory::giveBack);

        assertThat(memory.takeDroppedBytes()).isZero();
        assertThat(take(20))
                .usingElementComparator((a, b) -> a == b ? 0 : 1)
                .containsExactlyInAnyOrderElementsOf(pieces);
    }

    @Test
    void giveBack_noRoomInTheLedger_keepsAFewAndDropsTheRest() {
        ledger.take(100 * PIECE_BYTES);

        take(20).forEach(memory::giveBack);

        assertThat(memory.takeDroppedBytes()).isEqualTo(12 * PIECE_BYTES);
        assertThat(memory.takeDroppedBytes()).isZero();
    }

    @Test
    void drop_afterTheLimitBecameSmaller_dropsWhatWasKept() {
        take(20).forEach(memory::giveBack);
        ledger.limit(10 * PIECE_BYTES);

        memory.drop();

        assertThat(memory.takeDroppedBytes()).isEqualTo(10 * PIECE_BYTES);
    }

    private List<ByteBuffer> take(int count) {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pieces.add(memory.take());
        }
        return pieces;
    }
}
