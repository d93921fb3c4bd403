package io.larder.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.protocol.TextRequestDecoder.Step;
import java.nio.ByteBuffer;
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

class TextRequestDecoderTest {
    private static final int VALUE_BYTES_MAX = 1000;
    private static final String KEY_250 = "k".repeat(250);
    private static final String KEY_251 = "k".repeat(251);

    @ParameterizedTest
    @CsvSource(
            delimiter = '>',
            quoteCharacter = '"',
            value = {
                "get a~ > KEY GET a; END",
                "  get   a  bb ~ > KEY GET a; KEY GET bb; END",
                "gets a b~ > KEY GETS a; KEY GETS b; END",
                "gat 10 a b~ > KEY GAT a exptime=10; KEY GAT b exptime=10; END",
                "gats -1 a~ > KEY GATS a exptime=-1; END",
                "gat 10~ > END",
                "set a 1 2 3~xyz~ > SET a flags=1 exptime=2 value=xyz",
                "set a 4294967295 0 0~~ > SET a flags=-1 exptime=0 value=",
                "add a 0 0 1 noreply~x~ > ADD a flags=0 exptime=0 value=x noreply",
                "replace a 0 0 1 other~x~ > REPLACE a flags=0 exptime=0 value=x",
                "append a 0 0 2~\\~~ > APPEND a flags=0 exptime=0 value=\\~",
                "cas a 0 0 1 18446744073709551615~x~ > CAS a flags=0 exptime=0 value=x number=18446744073709551615",
                "cas a 0 0 1 7 noreply~x~ > CAS a flags=0 exptime=0 value=x number=7 noreply",
                "delete a~ > DELETE a",
                "delete a 0 noreply~ > DELETE a noreply",
                "incr a 007~ > INCR a number=7",
                "decr a 1 noreply~ > DECR a number=1 noreply",
                "touch a -5~ > TOUCH a exptime=-5",
                "flush_all~ > FLUSH_ALL exptime=0",
                "flush_all 10 noreply~ > FLUSH_ALL exptime=10 noreply",
                "stats~ > STATS",
                "stats items 2~ > STATS items 2",
                "verbosity 1~ > VERBOSITY number=1",
                "version x~ > VERSION",
                "quit~ > QUIT",
            })
    void next_wellFormed_isUnderstood(String wire, String expected) {
        assertThat(decode(bytes(wire), Integer.MAX_VALUE)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'~', UNKNOWN_COMMAND",
        "'get~', UNKNOWN_COMMAND",
        "'get ~', UNKNOWN_COMMAND",
        "'gat~', UNKNOWN_COMMAND",
        "'gat ~', UNKNOWN_COMMAND",
        "'GET a~', UNKNOWN_COMMAND",
        "'set a 0 0~', UNKNOWN_COMMAND",
        "'set a 0 0 1 noreply extra~', UNKNOWN_COMMAND",
        "'cas a 0 0 1~', UNKNOWN_COMMAND",
        "'incr a~', UNKNOWN_COMMAND",
        "'delete a b c d~', UNKNOWN_COMMAND",
        "'verbosity~', UNKNOWN_COMMAND",
        "'set a -1 0 1~', BAD_LINE",
        "'set a 4294967296 0 1~', BAD_LINE",
        "'set a 99999999999999999999999 0 1~', BAD_LINE",
        "'set a 0 x 1~', BAD_LINE",
        "'set a 0 0 -1~', BAD_LINE",
        "'set a 0 0 2147483646~', BAD_LINE",
        "'cas a 0 0 1 18446744073709551616~', BAD_LINE",
        "'verbosity x~', BAD_LINE",
        "'gat x a b~', BAD_EXPTIME",
        "'touch a x~', BAD_EXPTIME",
        "'flush_all x~', BAD_EXPTIME",
        "'incr a -1~', BAD_DELTA",
        "'incr a 18446744073709551616~', BAD_DELTA",
        "'delete a 1~', BAD_DELETE",
        "'set a 0 0 1~xy~', 'BAD_DATA; UNKNOWN_COMMAND'",
    })
    void next_malformed_isRefusedAndStaysInStep(String wire, String refusals) {
        assertThat(decode(bytes(wire + "version~"), Integer.MAX_VALUE)).isEqualTo(refusals + "; VERSION");
    }

    @Test
    void next_keyOf250Bytes_isTaken() {
        assertThat(decode(bytes("get " + KEY_250 + "~"), Integer.MAX_VALUE)).isEqualTo("KEY GET " + KEY_250 + "; END");
        assertThat(decode(bytes("delete " + KEY_250 + "~"), Integer.MAX_VALUE)).isEqualTo("DELETE " + KEY_250);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"get %s~", "get a %s b~", "gat 1 %s~", "delete %s~", "incr %s 1~", "touch %s 1~", "set %s 0 0 1~"
            })
    void next_keyOf251Bytes_isRefusedAndStaysInStep(String form) {
        assertThat(decode(bytes(form.formatted(KEY_251) + "version~"), 7)).endsWith("BAD_LINE; VERSION");
    }

    @Test
    void next_valueBeyondTheLimit_isPassedOver() {
        String wire = "set a 0 0 1001~" + "x".repeat(1001) + "~version~";

        assertThat(decode(bytes(wire), 13)).isEqualTo("TOO_LARGE SET a; VERSION");
    }

    @Test
    void next_lineWithoutEnd_losesFraming() {
        assertThat(decode(bytes("x".repeat(2047)), 100)).isEmpty();
        assertThat(decode(bytes("x".repeat(2048)), 100)).isEqualTo("LOST LINE_TOO_LONG");
        assertThat(decode(bytes("x".repeat(3000) + "~"), 5000)).isEqualTo("LOST LINE_TOO_LONG");
        assertThat(decode(bytes("gat " + "1".repeat(3000)), 100)).isEqualTo("LOST LINE_TOO_LONG");
    }

    @Test
    void next_http_isHungUpOn() {
        assertThat(decode(bytes("GET / HTTP/1.1~"), 100)).isEqualTo("LOST HTTP");
        assertThat(decode(bytes("POST /a HTTP/1.0~"), 3)).isEqualTo("LOST HTTP");
    }

    @Test
    void next_listOfKeysLongerThanALine_isDelivered() {
        StringBuilder wire = new StringBuilder("get");
        StringBuilder expected = new StringBuilder();
        for (int i = 0; i < 10_000; i++) {
            wire.append(" key:").append(i);
            expected.append("KEY GET key:").append(i).append("; ");
        }

        assertThat(decode(bytes(wire + "~"), 1000)).isEqualTo(expected + "END");
    }

    @Test
    void incomplete_lineKnown_tellsHowMuchIsNeeded() {
        TextRequestDecoder decoder = new TextRequestDecoder(VALUE_BYTES_MAX);
        ByteBuffer in = ByteBuffer.wrap(bytes("set a 0 0 100~xyz"));

        assertThat(decoder.next(in, new TextRequest())).isEqualTo(Step.INCOMPLETE);
        assertThat(decoder.bytesNeeded()).isEqualTo(15 + 100 + 2);
        assertThat(in.position()).isZero();
    }

    @Test
    void passOver_incompleteValue_goesOnBehindIt() {
        TextRequestDecoder decoder = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequest request = new TextRequest();
        ByteBuffer in = ByteBuffer.wrap(bytes("set a 0 0 10~0123456789~version~"));
        in.limit(20);
        assertThat(decoder.next(in, request)).isEqualTo(Step.INCOMPLETE);

        decoder.passOver(in.remaining());
        in.position(20);

        assertThat(decoder.next(in, request)).isEqualTo(Step.INCOMPLETE);
        in.limit(in.capacity());
        assertThat(decoder.next(in, request)).isEqualTo(Step.REQUEST);
        assertThat(request.verb()).isEqualTo(Verb.VERSION);
    }

    @Test
    void next_requestObjectSharedWithOthers_goesOnWithItsOwnVerb() {
        TextRequestDecoder first = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequestDecoder second = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequest shared = new TextRequest();
        assertThat(first.next(ByteBuffer.wrap(bytes("gats 10 a b")), shared)).isEqualTo(Step.KEY);
        assertThat(second.next(ByteBuffer.wrap(bytes("set x 0 99 1 noreply~y~")), shared))
                .isEqualTo(Step.REQUEST);

        assertThat(first.next(ByteBuffer.wrap(bytes(" bc~")), shared)).isEqualTo(Step.KEY);

        assertThat(shared.verb()).isEqualTo(Verb.GATS);
        assertThat(shared.exptime()).isEqualTo(10);
        assertThat(shared.noreply()).isFalse();
    }

    @Test
    void next_blanksWithoutEnd_loseFramingHoweverCut() {
        for (int chunk : new int[] {1, 100, 5000}) {
            assertThat(decode(bytes(" ".repeat(3000) + "get a~"), chunk)).isEqualTo("LOST LINE_TOO_LONG");
            assertThat(decode(bytes("gat " + " ".repeat(3000) + "1 a~"), chunk)).isEqualTo("LOST LINE_TOO_LONG");
        }
    }

    @Property
    void next_anyChunking_findsTheSame(
            @ForAll("dialogues") String dialogue, @ForAll @IntRange(min = 1, max = 40) int chunk) {
        byte[] wire = bytes(dialogue);

        assertThat(decode(wire, chunk)).isEqualTo(decode(wire, Integer.MAX_VALUE));
    }

    @Property
    void next_anyBytes_neverThrowsOrStands(@ForAll byte[] wire, @ForAll @IntRange(min = 1, max = 40) int chunk) {
        assertThat(decode(wire, chunk)).isEqualTo(decode(wire, Integer.MAX_VALUE));
    }

    @Provide
    Arbitrary<String> dialogues() {
        Arbitrary<String> pieces = Arbitraries.of(
                "get a~",
                "get a bb ccc~",
                "gat 10 a b~",
                "gats x a b~",
                "gat 5~",
                "get " + KEY_250 + "~",
                "get a " + KEY_251 + " b~",
                "set a 1 2 3~xyz~",
                "set a 1 2 3~xyzz~",
                "set a 0 0 0~~",
                "set a 0 0 5000~",
                "cas a 0 0 1 99 noreply~x~",
                "delete a~",
                "incr a 1~",
                "flush_all~",
                "stats~",
                "~",
                "\n",
                " ",
                "get",
                "x",
                "\r",
                "quit~",
                "set a 0 0 4~ge",
                "t a~",
                "version~");
        return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
    }

    /** Feeds the wire in chunks as a connection would, and writes down what was found. */
    private static String decode(byte[] wire, int chunk) {
        TextRequestDecoder decoder = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequest request = new TextRequest();
        List<String> found = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocate(wire.length).limit(0);
        int fed = 0;
        while (fed < wire.length) {
            int more = Math.min(chunk, wire.length - fed);
            in.compact().put(wire, fed, more).flip();
            fed += more;
            Step step;
            while ((step = decoder.next(in, request)) != Step.INCOMPLETE) {
                found.add(describe(step, request, in));
                if (step == Step.LOST) {
                    return String.join("; ", found);
                }
            }
        }
        return String.join("; ", found);
    }

    private static String describe(Step step, TextRequest request, ByteBuffer in) {
        return switch (step) {
            case KEY ->
                "KEY " + request.verb() + " " + key(request, in)
                        + (request.verb().touches() ? " exptime=" + request.exptime() : "");
            case KEYS_END -> "END";
            case REFUSED -> request.refusal().name();
            case LOST -> "LOST " + request.refusal();
            case TOO_LARGE -> "TOO_LARGE " + request.verb() + " " + key(request, in);
            case REQUEST -> whole(request, in);
            case INCOMPLETE -> "INCOMPLETE";
        };
    }

    private static String whole(TextRequest request, ByteBuffer in) {
        StringBuilder out = new StringBuilder(request.verb().name());
        String key = key(request, in);
        out.append(key.isEmpty() ? "" : " " + key);
        if (request.verb().stores()) {
            out.append(" flags=").append(request.flags()).append(" exptime=").append(request.exptime());
            out.append(" value=").append(text(in, request.valueStart(), request.valueEnd()));
        }
        switch (request.verb()) {
            case CAS, INCR, DECR, VERBOSITY -> out.append(" number=").append(Long.toUnsignedString(request.number()));
            case TOUCH, FLUSH_ALL -> out.append(" exptime=").append(request.exptime());
            default -> {}
        }
        return out.append(request.noreply() ? " noreply" : "").toString();
    }

    private static String key(TextRequest request, ByteBuffer in) {
        return text(in, request.keyStart(), request.keyEnd());
    }

    private static String text(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return new String(bytes, ISO_8859_1).replace("\r\n", "\\~");
    }

    /** A tilde stands for CRLF, and a backslash before it for the same inside a value. */
    private static byte[] bytes(String text) {
        return text.replace("\\~", "\r\n").replace("~", "\r\n").getBytes(ISO_8859_1);
    }
}
