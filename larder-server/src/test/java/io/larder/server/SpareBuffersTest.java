package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpareBuffersTest {
    private final SpareBuffers spares = new SpareBuffers();

    @ParameterizedTest
    @CsvSource({"0, 512", "1, 512", "512, 512", "513, 1024", "32769, 65536", "65536, 65536", "65537, 65537"})
    void sizeFor_anyBytes_isThePowerOfTwoAboveUpToAReadBuffer(int bytes, int size) {
        assertThat(SpareBuffers.sizeFor(bytes)).isEqualTo(size);
        assertThat(spares.take(size).remaining()).isEqualTo(size);
    }

    @Test
    void take_afterGiveBack_isTheSameBufferEmpty() {
        ByteBuffer buffer = spares.take(1024);
        buffer.put((byte) 1).flip();
        spares.giveBack(buffer);

        assertThat(spares.take(512)).isNotSameAs(buffer);
        ByteBuffer again = spares.take(1024);
        assertThat(again).isSameAs(buffer);
        assertThat(again.remaining()).isEqualTo(1024);
        assertThat(spares.take(1024)).isNotSameAs(buffer);
    }

    @Test
    void giveBack_moreThanIsKept_staysWithinTheBoundAndKeepsWhatWasUsedLast() {
        List<ByteBuffer> small = new ArrayList<>();
        for (int i = 0; i < 2 * SpareBuffers.KEPT_BYTES_MAX / 512; i++) {
            small.add(spares.take(512));
        }
        ByteBuffer large = spares.take(SpareBuffers.BYTES_MAX);

        small.forEach(spares::giveBack);
        assertThat(spares.keptBytes()).isEqualTo(SpareBuffers.KEPT_BYTES_MAX);
        spares.giveBack(large);

        assertThat(spares.keptBytes()).isEqualTo(SpareBuffers.KEPT_BYTES_MAX);
        assertThat(spares.take(SpareBuffers.BYTES_MAX)).isSameAs(large);
        assertThat(spares.keptBytes()).isEqualTo(SpareBuffers.KEPT_BYTES_MAX - SpareBuffers.BYTES_MAX);
    }

    @Test
    void giveBack_ofALargerOne_keepsNothing() {
        spares.giveBack(spares.take(SpareBuffers.BYTES_MAX + 1));

        assertThat(spares.keptBytes()).isZero();
    }
}
