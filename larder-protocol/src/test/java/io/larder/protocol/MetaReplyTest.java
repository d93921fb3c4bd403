package io.larder.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Meta replies and the lines of a dump, as the decoder reads them. */
class MetaReplyTest {
    private static final byte[] KEY = ascii("key");

    @Test
    void value_withEveryFlag_isReadAsSent() {
        MetaReply reply = (MetaReply)
                one("VA 5 W kkey f4294967295 O4294967295 c18446744073709551615 t-1 s5 X h1 l9\r\na\r\nbc\r\n");

        assertThat(reply.code()).isEqualTo(MetaReply.Code.VA);
        assertThat(reply.data()).isEqualTo(ascii("a\r\nbc"));
        assertThat(reply.hasKey(KEY)).isTrue();
        assertThat(reply.hasKey(ascii("kex"))).isFalse();
        assertThat(reply.hasKey(ascii("ke"))).isFalse();
        assertThat(reply.hasOpaque(-1)).isTrue();
        assertThat(reply.hasOpaque(1)).isFalse();
        assertThat(reply.flags()).isEqualTo(-1);
        assertThat(reply.cas()).isEqualTo(-1);
        assertThat(reply.ttlSeconds()).isEqualTo(MetaReply.NEVER);
        assertThat(reply.won()).isTrue();
        assertThat(reply.stale()).isTrue();
        assertThat(reply.wonByAnother()).isFalse();
    }

    @Test
    void reply_afterAnother_keepsNothingOfIt() {
        ByteBuffer in = ByteBuffer.wrap(ascii("VA 1 W X Z kkey f1 O2 c3 t4\r\nx\r\nHD\r\n"));
        TextReplyDecoder decoder = new TextReplyDecoder();
        decoder.next(in);

        MetaReply reply = (MetaReply) decoder.next(in);

        assertThat(reply).isNotNull();
        assertThat(reply.code()).isEqualTo(MetaReply.Code.HD);
        assertThat(reply.data()).isNull();
        assertThat(reply.hasKey(KEY)).isFalse();
        assertThat(reply.hasOpaque(2)).isFalse();
        assertThat(reply.won() || reply.stale() || reply.wonByAnother()).isFalse();
        assertThat(reply.flags()).isZero();
        assertThat(reply.cas()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "VA\r\n",
                "VA x\r\n",
                "VA 1 f4294967296\r\nx\r\n",
                "VA 1 c18446744073709551616\r\nx\r\n",
                "VA 1 k\r\nx\r\n",
                "VA 1 f0\r\nxy\r\n",
                "VA 2147483648\r\n",
                "HDx\r\n",
                "XY O1\r\n",
            })
    void malformed_isRefused(String wire) {
        assertThatThrownBy(() -> one(wire)).isInstanceOf(TextReplyException.class);
    }

    @Test
    void count_paddedWithBlanks_isTheNumber() {
        assertThat(((MetaReply) one("VA 2 O1\r\n9 \r\n")).count()).isEqualTo(9);
        assertThatThrownBy(() -> ((MetaReply) one("VA 1 O1\r\nx\r\n")).count()).isInstanceOf(TextReplyException.class);
        assertThatThrownBy(() -> ((MetaReply) one("VA 0 O1\r\n\r\n")).count()).isInstanceOf(TextReplyException.class);
    }

    @Test
    void dumpedKey_endsAtLineFeedAlone() {
        assertThat(one("key=a%20b exp=-1 la=1\nEND\r\n")).isEqualTo(new TextReply.DumpedKey("a%20b exp=-1 la=1"));
    }

    @Property
    void anyChunking_yieldsTheSame(@ForAll @IntRange(min = 1, max = 12) int chunk) {
        byte[] wire =
                ascii("VA 6 f1 kkey O1\r\nab\r\ncd\r\nEN kkey O2\r\nkey=a exp=-1\nHD O3\r\nVA 0 O4\r\n\r\nMN\r\n");

        assertThat(decode(wire, chunk)).isEqualTo(decode(wire, wire.length)).hasSize(6);
    }

    private static List<String> decode(byte[] wire, int chunk) {
        TextReplyDecoder decoder = new TextReplyDecoder();
        ByteBuffer in = ByteBuffer.allocate(wire.length + chunk);
        List<String> pieces = new ArrayList<>();
        for (int at = 0; at < wire.length; at += chunk) {
            in.put(wire, at, Math.min(chunk, wire.length - at)).flip();
            for (TextReply piece = decoder.next(in); piece != null; piece = decoder.next(in)) {
                byte[] data = piece instanceof MetaReply reply ? reply.data() : null;
                pieces.add(piece + ":" + (data == null ? "" : new String(data, StandardCharsets.US_ASCII)));
            }
            in.compact();
        }
        return pieces;
    }

    private static TextReply one(String wire) {
        TextReply reply = new TextReplyDecoder().next(ByteBuffer.wrap(ascii(wire)));
        if (reply == null) {
            throw new AssertionError("not whole: " + wire);
        }
        return reply;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
