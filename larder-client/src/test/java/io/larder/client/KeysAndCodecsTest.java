package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysAndCodecsTest {
    @ParameterizedTest
    @ValueSource(strings = {"k", "!", "user:42", "键:用户", "é", "\u0080", "😀"})
    void strict_allowedKey_isItsUtf8(String key) {
        assertThat(KeyPolicy.STRICT.encode(key)).isEqualTo(key.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void strict_length_countsBytes() {
        assertThat(KeyPolicy.STRICT.encode("a".repeat(250))).hasSize(250);
        assertThatThrownBy(() -> KeyPolicy.STRICT.encode("a".repeat(251)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has 251 bytes with its prefix, allowed are 1 to 250");
        assertThatThrownBy(() -> KeyPolicy.STRICT.encode("é".repeat(126))).hasMessageContaining("has 252 bytes");
        assertThatThrownBy(() -> KeyPolicy.STRICT.encode("")).hasMessageContaining("has 0 bytes");
    }

    @ParameterizedTest
    @ValueSource(chars = {' ', '\t', '\r', '\n', '\0', 0x1f, 0x7f})
    void strict_blankOrControl_isRefused(char c) {
        assertThatThrownBy(() -> KeyPolicy.STRICT.encode("a" + c + "b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("has the byte 0x%02x".formatted((int) c));
    }

    @Test
    void halfSurrogatePair_isRefused_insteadOfBecomingAQuestionMark() {
        assertThatThrownBy(() -> KeyPolicy.STRICT.encode("a\ud83d")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Codecs.text().encode("\ude00\ud83d")).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void text_anyString_comesBackOrIsRefused(@ForAll String text) {
        if (Utf8.isBroken(text)) {
            assertThatThrownBy(() -> Codecs.text().encode(text)).isInstanceOf(IllegalArgumentException.class);
        } else {
            Encoded encoded = Codecs.text().encode(text);

            assertThat(Codecs.text().decode(encoded.flags(), encoded.data())).isEqualTo(text);
        }
    }

    @Test
    void text_bytesThatAreNotUtf8_areRefused() {
        assertThatThrownBy(() -> Codecs.text().decode(0, new byte[] {'a', (byte) 0xff}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Codecs.text().decode(0, "\ufffd".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("\ufffd");
    }

    @Property
    void numbers_anyLong_comesBack(@ForAll long number) {
        Encoded encoded = Codecs.numbers().encode(number);

        assertThat(Codecs.numbers().decode(encoded.flags(), encoded.data())).isEqualTo(number);
    }

    @ParameterizedTest
    @CsvSource({"'9 ',9", "'0   ',0", "18446744073709551615,-1", "-7,-7", "007,7"})
    void numbers_storedText_readsAs(String stored, long number) {
        assertThat(Codecs.numbers().decode(0, stored.getBytes(StandardCharsets.US_ASCII)))
                .isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "1.5", " 1", "18446744073709551616"})
    void numbers_otherText_isRefused(String stored) {
        assertThatThrownBy(() -> Codecs.numbers().decode(0, stored.getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(NumberFormatException.class);
    }

    @Test
    void bytes_areNotCopied() {
        byte[] data = {1, 2};

        assertThat(Codecs.bytes().encode(data).data()).isSameAs(data);
        assertThat(Codecs.bytes().decode(5, data)).isSameAs(data);
    }
}
