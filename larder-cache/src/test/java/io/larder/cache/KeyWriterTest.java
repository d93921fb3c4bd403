package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyWriterTest {

    // templates over these have a slot that is not the whole argument, so no short cut is taken
    record OfText(String of) {}

    record OfNumber(long of) {}

    private static <K> KeyTemplate<K> template(String text, Class<K> argument) {
        return KeyTemplate.compile(text, KeyScope.ofArgument(argument));
    }

    /** As the class comment of {@link KeyWriter} has it, character by character. */
    private static String escaped(String text, char separator) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (point < 0x80 && KeyWriter.isPlain((char) point) && point != separator) {
                out.append((char) point);
            } else if (Character.isBmpCodePoint(point) && Character.isSurrogate((char) point)) { // UTF-8 has none
                out.append("%%%02X%%%02X%%%02X"
                        .formatted(0xE0 | (point >> 12), 0x80 | ((point >> 6) & 0x3F), 0x80 | (point & 0x3F)));
            } else {
                for (byte b : Character.toString(point).getBytes(StandardCharsets.UTF_8)) {
                    out.append("%%%02X".formatted(b & 0xFF));
                }
            }
        });
        return out.toString();
    }

    @Property
    void text_any_isEscapedByItsUtf8(@ForAll String text, @ForAll boolean dashed) {
        KeyWriter out = new KeyWriter(1);
        out.beginSlot(dashed ? '-' : 0);

        out.text(text);

        assertThat(out.written()).isEqualTo(escaped(text, dashed ? '-' : 0));
        assertThat(out.length()).isEqualTo(out.written().length());
    }

    @Property
    void number_any_isThatOfTheJdk(@ForAll long number) {
        KeyWriter out = new KeyWriter(1);

        out.number(number);

        assertThat(out.written()).isEqualTo(Long.toString(number));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, Long.MIN_VALUE + 1, -10, -9, -1, 0, 9, 10, 99, 100, Long.MAX_VALUE})
    void number_atTheEdges_isThatOfTheJdk(long number) {
        KeyWriter out = new KeyWriter(1);
        out.beginSlot('-');
        out.number(number);
        out.beginSlot(':');
        out.number(number);

        String text = Long.toString(number);
        assertThat(out.written()).isEqualTo(text.replace("-", "%2D") + text);
    }

    @Property
    void render_argumentIsTheOneText_makesTheKeyThatASlotWould(@ForAll String text) {
        assertThat(template("a:{key}", String.class).render(text))
                .isEqualTo(template("a:{of}", OfText.class).render(new OfText(text)));
    }

    @Property
    void render_argumentIsTheOneNumber_makesTheKeyThatASlotWould(@ForAll long number) {
        assertThat(template("a:{key}", Long.class).render(number))
                .isEqualTo(template("a:{of}", OfNumber.class).render(new OfNumber(number)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 197, 198, 199, 1000})
    void render_oneTextOfAnyLength_makesTheKeyThatASlotWould(int length) {
        String text = "x".repeat(length);

        String key = template("a:{key}", String.class).render(text);

        assertThat(key).isEqualTo(template("a:{of}", OfText.class).render(new OfText(text)));
        assertThat(key.length()).isLessThanOrEqualTo(KeyWriter.KEY_BYTES_MAX);
    }
}
