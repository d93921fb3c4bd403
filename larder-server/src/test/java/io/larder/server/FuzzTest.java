package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Mutants;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Requests of the tables of bytes, strung together, damaged and cut. */
class FuzzTest {
    private static final int INPUTS = 1_500;
    private static final int REQUEST_BYTES_MAX = 1_000;

    @Test
    void textRequests_damagedAndCut_areAnsweredTheSame() {
        Mutants.feed(textRequests(), INPUTS, ConnectionFuzz::fuzzerTestOneInput);
    }

    @Test
    void binaryRequests_damagedAndCut_areAnsweredTheSame() {
        Mutants.feed(binaryRequests(), INPUTS, ConnectionFuzz::fuzzerTestOneInput);
    }

    @Test
    void keptInputs_keepThePromises() {
        assertThat(Mutants.replay(ConnectionFuzz.class, ConnectionFuzz::fuzzerTestOneInput))
                .isPositive();
    }

    static List<byte[]> textRequests() {
        return Stream.of("classic.dialogues", "meta.dialogues")
                .flatMap(table -> Dialogue.table(table).stream())
                .map(dialogue -> dialogue.sent().getBytes(ISO_8859_1))
                .filter(sent -> sent.length < REQUEST_BYTES_MAX)
                .toList();
    }

    static List<byte[]> binaryRequests() {
        List<byte[]> requests = new ArrayList<>();
        for (BinaryDialogue dialogue : BinaryDialogue.table("binary.dialogues")) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            for (String frame : dialogue.sent().split(" \\| ", -1)) {
                out.writeBytes(BinaryFrames.encode(frame, 1));
            }
            if (out.size() < REQUEST_BYTES_MAX) {
                requests.add(out.toByteArray());
            }
        }
        return requests;
    }

    /** Writes the seeds of a target, for Jazzer: its class, a folder. */
    public static void main(String[] arguments) {
        Mutants.write(
                Stream.concat(textRequests().stream(), binaryRequests().stream())
                        .toList(),
                Path.of(arguments[1]));
    }
}
