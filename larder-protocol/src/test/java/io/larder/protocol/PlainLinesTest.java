package io.larder.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;

/** A blank in front of a line changes nothing but the way it is read: the whole grammar reads it then. */
class PlainLinesTest {
    private static final int VALUE_BYTES_MAX = 100;

    @Property
    void line_readInOnePass_meansTheSameAsByTheWholeGrammar(@ForAll("lines") String line) {
        assertThat(read(line, 0)).isEqualTo(read(" " + line, 1));
    }

    @Test
    void set_asClientsWriteIt_isPlain() {
        assertThat(setEnd("set key 1 2 3\r\nabc\r\n")).isEqualTo(15);
    }

    @Test
    void set_unusual_isLeftToTheGrammar() {
        assertThat(setEnd("set k\r0 0 5\r\nabcde\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(setEnd("set key 1 2 3 noreply\r\nabc\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(setEnd("set key 1 -2 3\r\nabc\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(setEnd("set key 4294967295 2 3\r\nabc\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(setEnd("set key 1 2 3\r")).isEqualTo(PlainLines.NOT_PLAIN);
    }

    @Test
    void metaGet_withFlagsWithoutNumbers_isPlain() {
        assertThat(metaGetEnd("mg key k v t f c O17\r\nmn\r\n")).isEqualTo(22);
        assertThat(metaGetEnd("mg key\r\n")).isEqualTo(8);
    }

    @Test
    void metaGet_unusual_isLeftToTheGrammar() {
        assertThat(metaGetEnd("mg key T30\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(metaGetEnd("mg key v v\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(metaGetEnd("mg key  v\r\n")).isEqualTo(PlainLines.NOT_PLAIN);
        assertThat(metaGetEnd("mg key v\n")).isEqualTo(PlainLines.NOT_PLAIN);
    }

    @Provide
    Arbitrary<String> lines() {
        Arbitrary<String> words = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.of("k", "key:0000000000000001", "v", "t", "f", "c", "q", "s")),
                Tuple.of(4, Arbitraries.of("0", "1", "5", "07", "-1", "+2", "123456789", "1234567890")),
                Tuple.of(
                        1,
                        Arbitraries.of(
                                "O1", "T3", "noreply", "", "a\rb", "x\ty", "\u00e9", "b", "I", "k".repeat(251))));
        Arbitrary<String> ends = Arbitraries.frequencyOf(
                Tuple.of(9, Arbitraries.just("\r\n")), Tuple.of(1, Arbitraries.of("\n", " \r\n", "\r")));
        return Arbitraries.of("set", "mg", "get", "sets")
                .flatMap(verb -> words.list()
                        .ofMinSize(0)
                        .ofMaxSize(6)
                        .flatMap(rest -> ends.map(end -> verb + (rest.isEmpty() ? "" : " " + String.join(" ", rest))
                                + end + "abcde\r\nabcdefgh\r\n")));
    }

    private static String read(String text, int shift) {
        TextRequestDecoder decoder = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequest request = new TextRequest();
        ByteBuffer in = bytes(text);
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < 3; i++) {
            TextRequestDecoder.Step step = decoder.next(in, request);
            told.append(step).append(' ').append(in.remaining());
            switch (step) {
                case REQUEST, KEY ->
                    told.append(" %s %d-%d %d-%d f%d e%d n%s"
                                    .formatted(
                                            request.verb(),
                                            request.keyStart() - shift,
                                            request.keyEnd() - shift,
                                            request.verb().stores() ? request.valueStart() - shift : 0,
                                            request.verb().stores() ? request.valueEnd() - shift : 0,
                                            request.verb().stores() ? request.flags() : 0,
                                            request.verb().stores() ? request.exptime() : 0,
                                            request.noreply()))
                            .append(request.verb() == Verb.MG ? flags(request.meta(), shift) : "");
                case REFUSED, LOST -> told.append(request.refusal());
                default -> {}
            }
            told.append('\n');
        }
        return told.toString();
    }

    private static String flags(MetaFlags flags, int shift) {
        StringBuilder told = new StringBuilder();
        for (int i = 0; i < flags.count(); i++) {
            told.append(' ')
                    .append(flags.letter(i))
                    .append(flags.has(flags.letter(i)))
                    .append(flags.start(i) - shift)
                    .append('-')
                    .append(flags.end(i) - shift);
        }
        return told.toString();
    }

    private static int setEnd(String line) {
        ByteBuffer in = bytes(line);
        return new PlainLines().set(in, 0, in.limit(), new TextRequest());
    }

    private static int metaGetEnd(String line) {
        ByteBuffer in = bytes(line);
        return new PlainLines().metaGet(in, 0, in.limit(), new TextRequest());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
    }
}
