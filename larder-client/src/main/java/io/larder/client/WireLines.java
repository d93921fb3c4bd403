package io.larder.client;

import io.larder.base.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Takes the lines out of one direction of a connection, however its bytes are cut, and leaves values out. Belongs to the
 * thread that reads, or writes.
 *
 * <p>Lengths of values are where memcached's doc/protocol.txt has them: {@code set key flags exptime BYTES}, {@code ms key
 * BYTES}, {@code VALUE key flags BYTES}, {@code VA BYTES}.
 */
final class WireLines {
    /** Characters of a line that are shown. */
    static final int SHOWN_MAX = 200;

    /** Longest beginning of a line that is kept: a key of 250 bytes as base64, and what goes with it. */
    private static final int KEPT_MAX = 512;

    private static final Set<String> STORES = Set.of("set", "add", "replace", "append", "prepend", "cas");

    private final Consumer<String> out;
    private final byte[] line = new byte[KEPT_MAX];
    private int length;
    private long valueLeft;

    WireLines(Consumer<String> out) {
        this.out = out;
    }

    void add(byte[] bytes, int offset, int count) {
        int end = offset + count;
        int i = offset;
        while (i < end) {
            if (valueLeft > 0) {
                int skipped = (int) Math.min(valueLeft, end - i);
                valueLeft -= skipped;
                i += skipped;
            } else if (bytes[i] == '\n') {
                endLine();
                i++;
            } else {
                if (length < KEPT_MAX) {
                    line[length] = bytes[i];
                }
                length++;
                i++;
            }
        }
    }

    private void endLine() {
        int kept = Math.min(length, KEPT_MAX);
        if (kept == length && kept > 0 && line[kept - 1] == '\r') {
            kept--;
        }
        String text = new String(line, 0, kept, StandardCharsets.ISO_8859_1);
        long value = valueBytes(text);
        String shown = text.length() > SHOWN_MAX
                ? Printable.of(text.substring(0, SHOWN_MAX)) + "... (%d bytes)".formatted(length)
                : Printable.of(text);
        out.accept(value < 0 ? shown : shown + " (a value of %d bytes)".formatted(value));
        valueLeft = value < 0 ? 0 : value + 2; // and the end of its line
        length = 0;
    }

    /** The length of the value behind a line, or -1 if none follows. */
    private static long valueBytes(String line) {
        String[] words = line.split(" ", 6);
        int at = switch (words[0]) {
            case "VALUE" -> 3;
            case "VA" -> 1;
            case "ms" -> 2;
            default -> STORES.contains(words[0].toLowerCase(Locale.ROOT)) ? 4 : -1;
        };
        if (at < 0 || at >= words.length) {
            return -1;
        }
        try {
            return Long.parseLong(words[at]);
        } catch (NumberFormatException e) {
            return -1; // not a line of the protocol: what follows is told as lines
        }
    }
}
