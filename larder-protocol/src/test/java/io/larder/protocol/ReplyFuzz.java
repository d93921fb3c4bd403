package io.larder.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a node answers: however it is cut, the same is read from it, or the same refused; a node can send no bytes that raise
 * another exception than {@link TextReplyException}.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says how it is cut.
 */
public final class ReplyFuzz {
    private ReplyFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] wire = Arrays.copyOfRange(input, 1, input.length);
        List<String> whole = pieces(wire, wire.length);
        List<String> cut = pieces(wire, 1 + (input[0] & 0x3f));
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s%ncut: %s".formatted(whole, cut));
        }
    }

    private static List<String> pieces(byte[] wire, int chunk) {
        TextReplyDecoder decoder = new TextReplyDecoder();
        List<String> pieces = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocate(wire.length);
        try {
            for (int fed = 0; fed < wire.length; fed += Math.min(chunk, wire.length - fed)) {
                in.put(wire, fed, Math.min(chunk, wire.length - fed)).flip();
                for (TextReply reply = decoder.next(in); reply != null; reply = decoder.next(in)) {
                    pieces.add(said(reply));
                    if (pieces.size() > wire.length) {
                        throw new AssertionError("more pieces than bytes: " + pieces.subList(0, 10));
                    }
                }
                if (in.remaining() >= TextReplyDecoder.LINE_BYTES_MAX) {
                    throw new AssertionError("keeps %d bytes of a line".formatted(in.remaining()));
                }
                in.compact();
            }
        } catch (TextReplyException e) {
            pieces.add("refused");
        }
        return pieces;
    }

    private static String said(TextReply reply) {
        if (reply instanceof TextReply.Value value) {
            return "VALUE %s %d %d %s"
                    .formatted(Arrays.toString(value.key()), value.flags(), value.cas(), Arrays.toString(value.data()));
        }
        if (reply instanceof MetaReply meta) {
            return "%s %d %d %d %b %b %b %s %s"
                    .formatted(
                            meta.code(),
                            meta.flags(),
                            meta.cas(),
                            meta.ttlSeconds(),
                            meta.won(),
                            meta.wonByAnother(),
                            meta.stale(),
                            Arrays.toString(meta.data()),
                            count(meta));
        }
        return reply.toString();
    }

    private static String count(MetaReply meta) {
        try {
            return Long.toString(meta.count());
        } catch (TextReplyException e) {
            return "no count";
        }
    }
}
