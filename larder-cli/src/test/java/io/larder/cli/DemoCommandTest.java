package io.larder.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
    private static final Pattern ROW =
            Pattern.compile("  (.{14}) +\\d+ ms  #+ +([\\d.]+) % +(\\d+) +(\\d+) +(\\d+)\\R");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void demo_notATerminal_tellsTheStoryInPlainTextAndEndsWell() {
        int exitCode = DemoCommand.run(List.of(), new PrintStream(out, true, UTF_8), false);

        String text = out.toString(UTF_8);
        assertThat(exitCode).isZero();
        assertThat(text.chars()).allMatch(c -> c == '\n' || c == '\r' || (c >= ' ' && c < 0x7f));
        assertThat(queries(text, "round 1 ")).isGreaterThan(5 * queries(text, "round 10"));
        assertThat(queries(text, "second client")).isLessThan(100);
        assertThat(queries(text, "still down")).isEqualTo(400);
        assertThat(text).contains(" 0 wrong answers.");
        assertThat(ROW.matcher(text).results())
                .hasSize(16)
                .allMatch(row -> row.group(5).equals("0"));
    }

    private static long queries(String text, String label) {
        Matcher row = ROW.matcher(text);
        while (row.find()) {
            if (row.group(1).startsWith(label)) {
                return Long.parseLong(row.group(3));
            }
        }
        throw new AssertionError("no row " + label + " in " + text);
    }
}
