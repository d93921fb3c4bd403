package io.larder.protocol;

import io.larder.protocol.BinaryRequestDecoder.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stream of the binary protocol: however it is cut, the same is found in it, in a bounded number of steps.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says how it is cut, and
 * whether users must log in.
 */
public final class BinaryRequestFuzz {
    private static final int VALUE_BYTES_MAX = 1_000;

    private BinaryRequestFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] wire = Arrays.copyOfRange(input, 1, input.length);
        boolean asksWho = input[0] < 0;
        List<String> whole = steps(wire, wire.length, asksWho);
        List<String> cut = steps(wire, 1 + (input[0] & 0x3f), asksWho);
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s%ncut: %s".formatted(whole, cut));
        }
    }

    private static List<String> steps(byte[] wire, int chunk, boolean asksWho) {
        BinaryRequestDecoder decoder = new BinaryRequestDecoder(VALUE_BYTES_MAX, asksWho);
        BinaryRequest request = new BinaryRequest();
        List<String> steps = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocate(wire.length);
        for (int fed = 0; fed < wire.length; fed += Math.min(chunk, wire.length - fed)) {
            in.put(wire, fed, Math.min(chunk, wire.length - fed)).flip();
            Step step = decoder.next(in, request);
            while (step != Step.INCOMPLETE) {
                steps.add(said(step, request, in));
                if (step == Step.LAST || step == Step.LOST) {
                    return steps;
                }
                if (steps.size() > wire.length) {
                    throw new AssertionError("more steps than bytes: " + steps.subList(0, 10));
                }
                if (request.command().isSasl()) {
                    decoder.authenticated(step == Step.REQUEST);
                }
                step = decoder.next(in, request);
            }
            if (decoder.bytesNeeded() != 0 && decoder.bytesNeeded() <= in.remaining()) {
                throw new AssertionError("needs %d bytes and has %d".formatted(decoder.bytesNeeded(), in.remaining()));
            }
            in.compact();
        }
        return steps;
    }

    private static String said(Step step, BinaryRequest request, ByteBuffer in) {
        return switch (step) {
            case LOST -> "LOST";
            case REFUSED, LAST, TOO_LARGE ->
                "%s %d %s %d".formatted(step, request.code(), request.refusal(), request.opaque());
            case INCOMPLETE, REQUEST ->
                "%s %d %d %d %d %s %s"
                        .formatted(
                                request.command(),
                                request.opaque(),
                                request.cas(),
                                request.exptime(),
                                request.delta(),
                                Arrays.toString(part(in, request.keyStart(), request.keyEnd())),
                                Arrays.toString(part(in, request.valueStart(), request.valueEnd())));
        };
    }

    private static byte[] part(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return bytes;
    }
}
