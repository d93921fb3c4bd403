package io.larder.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextFormsTest {
    @ParameterizedTest
    @CsvSource({
        "90, PT1M30S",
        "0, PT0S",
        "250ms, PT0.25S",
        "10m, PT10M",
        "1d2h3m50s, PT26H3M50S",
        "PT1H, PT1H",
        "2W, PT336H",
        "1m5ms, PT1M0.005S"
    })
    void duration_acceptedForm_isRead(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "ten",
                "10x",
                "-5s",
                "5m1h",
                "1.5h",
                "PT-1H",
                "99999999999999999999",
                "9999999999999999999w",
                "P"
            })
    void duration_anythingElse_isRefusedWithTheForms(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("\"" + text + "\" is not a duration; write it like 90 (seconds)");
    }

    @Property
    void duration_formatted_readsBackTheSame(@ForAll @LongRange(min = 0, max = 1L << 50) long millis) {
        Duration duration = Duration.ofMillis(millis);

        assertThat(DurationText.parse(DurationText.format(duration))).isEqualTo(duration);
    }

    @ParameterizedTest
    @CsvSource({"4096, 4096", "64MB, 67108864", "1g, 1073741824", "2 KiB, 2048", "10b, 10"})
    void size_acceptedForm_isRead(String text, long expected) {
        assertThat(SizeText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1", "1.5GB", "9999999999999999999", "9000000000000000000k"})
    void size_anythingElse_isRefusedWithTheForms(String text) {
        assertThatThrownBy(() -> SizeText.parse(text)).hasMessageContaining("is not a size; write it like 4096");
    }

    @Property
    void size_formatted_readsBackTheSame(@ForAll @LongRange(min = 0) long bytes) {
        assertThat(SizeText.parse(SizeText.format(bytes))).isEqualTo(bytes);
    }

    @Test
    void printable_controlsAndForeignBytes_areEscaped() {
        assertThat(Printable.of("a\r\nb\u00e9\\ c")).isEqualTo("a\\x0d\\x0ab\\xc3\\xa9\\x5c c");
    }

    @Property
    void printable_anyText_isShortAndPrintable(@ForAll String text) {
        String printable = Printable.of(text);

        assertThat(printable.length()).isLessThanOrEqualTo(Printable.CHARS_MAX);
        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(printable)).isTrue();
        assertThat(printable.chars()).allMatch(c -> c >= ' ' && c < 0x7f);
    }

    @Test
    void printable_exactlyTheLimit_isNotCut() {
        assertThat(Printable.of("k".repeat(64))).isEqualTo("k".repeat(64));
        assertThat(Printable.of("k".repeat(65))).isEqualTo("k".repeat(61) + "...");
    }

    @Test
    void suggestion_nearWord_isOffered() {
        assertThat(Suggestion.of("timout", List.of("timeout", "prefix"))).isEqualTo("did you mean \"timeout\"?");
        assertThat(Suggestion.of("xyzzy", List.of("timeout", "prefix"))).isEqualTo("known: prefix, timeout");
        assertThat(Suggestion.of("xyzzy", List.of())).isEqualTo("none is known here");
    }
}
