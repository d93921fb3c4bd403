package io.larder.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.Size;

class WordsTest {
    @Property
    void end_anyBytes_isTheFirstBlankOrControlCharacter(
            @ForAll @Size(max = 40) byte[] bytes, @ForAll @ByteRange(min = 0, max = 40) byte from) {
        int start = Math.min(from, bytes.length);

        assertThat(Words.end(ByteBuffer.wrap(bytes), start, bytes.length)).isEqualTo(endByByte(bytes, start));
    }

    @Property
    void newline_amongItsNeighbours_isTheFirst(@ForAll @Size(max = 40) @ByteRange(min = 8, max = 12) byte[] bytes) {
        int expected = -1;
        for (int i = bytes.length - 1; i >= 0; i--) {
            expected = bytes[i] == '\n' ? i : expected;
        }

        assertThat(Words.newline(ByteBuffer.wrap(bytes), 0, bytes.length)).isEqualTo(expected);
    }

    private static int endByByte(byte[] bytes, int from) {
        int at = from;
        while (at < bytes.length && (bytes[at] & 0xff) > ' ') {
            at++;
        }
        return at;
    }
}
