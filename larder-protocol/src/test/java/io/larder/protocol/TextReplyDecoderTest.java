package io.larder.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextReplyDecoderTest {
    private static final String DIALOGUE = """
            VALUE k1 0 5
            END

            VALUE k2 4294967295 0 18446744073709551615

            END
            STORED
            NOT_STORED
            EXISTS
            NOT_FOUND
            DELETED
            TOUCHED
            OK
            RESET
            18446744073709551615
            9\s
            STAT pid 1
            STAT version 1.6 a b
            STAT empty
            END
            VERSION 1.6.18
            SERVER_ERROR object too large for cache
            ERROR
            END
            """.replace("\n", "\r\n");
    private static final List<String> PIECES = List.of(
            "value k1 0 0 'END\r\n'",
            "value k2 -1 -1 ''",
            "END",
            "STORED",
            "NOT_STORED",
            "EXISTS",
            "NOT_FOUND",
            "DELETED",
            "TOUCHED",
            "OK",
            "RESET",
            "Count[value=-1]",
            "Count[value=9]",
            "Stat[name=pid, value=1]",
            "Stat[name=version, value=1.6 a b]",
            "Stat[name=empty, value=]",
            "END",
            "Version[text=1.6.18]",
            "Failure[kind=TOO_LARGE, line=SERVER_ERROR object too large for cache]",
            "Failure[kind=OTHER, line=ERROR]",
            "END");

    @Test
    void next_wholeDialogue_yieldsEveryPiece() {
        assertThat(decode(bytes(DIALOGUE), DIALOGUE.length())).isEqualTo(PIECES);
    }

    @Test
    void next_cutAnywhere_yieldsTheSamePieces() {
        byte[] wire = bytes(DIALOGUE);

        for (int cut = 1; cut < wire.length; cut++) {
            assertThat(decode(wire, cut)).as("first part of %d bytes", cut).isEqualTo(PIECES);
        }
        assertThat(decode(wire, 1, 1)).isEqualTo(PIECES);
    }

    @Property(tries = 300)
    void next_anyChunking_yieldsTheSame(
            @ForAll("replies") String replies,
            @ForAll @IntRange(min = 1, max = 40) int first,
            @ForAll @IntRange(min = 1, max = 40) int chunk) {
        byte[] wire = bytes(replies);

        assertThat(decode(wire, first, chunk)).isEqualTo(decode(wire, Math.max(1, wire.length)));
    }

    @Provide
    Arbitrary<String> replies() {
        Arbitrary<String> value = Arbitraries.strings()
                .withChars("ab\r\n VALUEND0")
                .ofMaxLength(60)
                .map(data -> "VALUE key 1 " + data.length() + " 7\r\n" + data + "\r\n");
        Arbitrary<String> line = Arbitraries.of("END", "STORED", "12345", "STAT a b", "VERSION x", "SERVER_ERROR y")
                .map(text -> text + "\r\n");
        return Arbitraries.oneOf(value, line).list().ofMaxSize(12).map(parts -> String.join("", parts));
    }

    @Test
    void next_valueLargerThanTheFirstAllocation_isWhole() {
        byte[] data = new byte[3_000_001];
        data[3_000_000] = 7;
        ByteBuffer wire = ByteBuffer.allocate(data.length + 100);
        wire.put(bytes("VALUE k 0 3000001\r\n")).put(data).put(bytes("\r\n")).flip();

        TextReply reply = new TextReplyDecoder().next(wire);

        assertThat(reply)
                .isInstanceOfSatisfying(
                        TextReply.Value.class, value -> assertThat(value.data()).isEqualTo(data));
    }

    @ParameterizedTest
    @CsvSource({
        "SERVER_ERROR object too large for cache,TOO_LARGE,true",
        "SERVER_ERROR out of memory storing object,OUT_OF_MEMORY,true",
        "CLIENT_ERROR cannot increment or decrement non-numeric value,NOT_NUMERIC,true",
        "CLIENT_ERROR bad data chunk,OTHER,false",
        "SERVER_ERROR busy,OTHER,false",
        "ERROR,OTHER,false",
        "ERROR unknown command,OTHER,false"
    })
    void next_errorLine_isOfItsKind(String line, TextReply.Failure.Kind kind, boolean inSync) {
        TextReply reply = new TextReplyDecoder().next(ByteBuffer.wrap(bytes(line + "\r\n")));

        TextReply.Failure expected = new TextReply.Failure(kind, line);
        assertThat(reply).isEqualTo(expected);
        assertThat(expected.inSync()).isEqualTo(inSync);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 400 Bad Request",
                "STOREDX",
                "END ",
                "VALUE",
                "VALUE k",
                "VALUE k 0",
                "VALUE k 0 x",
                "VALUE k 0 -1",
                "VALUE k 4294967296 1",
                "VALUE k 0 1073741825",
                "VALUE k 0 1 18446744073709551616",
                "VALUE k 0 1 2 3",
                "VALUE  0 1",
                "12x",
                "18446744073709551616",
            })
    void next_noReply_isRefused(String line) {
        assertThatThrownBy(() -> new TextReplyDecoder().next(ByteBuffer.wrap(bytes(line + "\r\n"))))
                .isInstanceOf(TextReplyException.class)
                .hasMessageStartingWith("sent \"");
    }

    @Test
    void next_valueLongerThanAnnounced_isRefused() {
        ByteBuffer wire = ByteBuffer.wrap(bytes("VALUE k 0 2\r\nabc\r\nEND\r\n"));

        assertThatThrownBy(() -> new TextReplyDecoder().next(wire))
                .isInstanceOf(TextReplyException.class)
                .hasMessageContaining("does not end after its 2 bytes");
    }

    @Test
    void next_lineWithoutEnd_isRefusedAtTheLimit() {
        ByteBuffer wire = ByteBuffer.wrap(bytes("x".repeat(TextReplyDecoder.LINE_BYTES_MAX)));
        ByteBuffer shorter = wire.duplicate().limit(wire.limit() - 1);

        assertThat(new TextReplyDecoder().next(shorter)).isNull();
        assertThatThrownBy(() -> new TextReplyDecoder().next(wire)).isInstanceOf(TextReplyException.class);
    }

    private static List<String> decode(byte[] wire, int first) {
        return decode(wire, first, Math.max(1, wire.length));
    }

    /** Feeds a part of {@code first} bytes, then parts of {@code chunk} bytes, keeping what the decoder leaves. */
    private static List<String> decode(byte[] wire, int first, int chunk) {
        TextReplyDecoder decoder = new TextReplyDecoder();
        ByteBuffer buffer = ByteBuffer.allocate(wire.length + 1);
        List<String> pieces = new ArrayList<>();
        int part = first;
        for (int at = 0; at < wire.length; at += part, part = chunk) {
            part = Math.min(part, wire.length - at);
            buffer.put(wire, at, part).flip();
            for (TextReply reply = decoder.next(buffer); reply != null; reply = decoder.next(buffer)) {
                pieces.add(describe(reply));
            }
            buffer.compact();
        }
        assertThat(buffer.position()).isZero();
        return pieces;
    }

    private static String describe(TextReply reply) {
        if (reply instanceof TextReply.Value value) {
            return "value %s %d %d '%s'".formatted(text(value.key()), value.flags(), value.cas(), text(value.data()));
        }
        return reply.toString();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
