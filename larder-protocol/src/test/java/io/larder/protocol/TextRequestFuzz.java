package io.larder.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.protocol.TextRequestDecoder.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A stream of classic and meta commands: however it is cut, the same is found in it, in a bounded number of steps.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says how it is cut.
 */
public final class TextRequestFuzz {
    private static final int VALUE_BYTES_MAX = 1_000;

    private TextRequestFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] wire = Arrays.copyOfRange(input, 1, input.length);
        List<String> whole = steps(wire, wire.length);
        List<String> cut = steps(wire, 1 + (input[0] & 0x3f));
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s%ncut: %s".formatted(whole, cut));
        }
    }

    private static List<String> steps(byte[] wire, int chunk) {
        TextRequestDecoder decoder = new TextRequestDecoder(VALUE_BYTES_MAX);
        TextRequest request = new TextRequest();
        List<String> steps = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocate(wire.length);
        for (int fed = 0; fed < wire.length; fed += Math.min(chunk, wire.length - fed)) {
            in.put(wire, fed, Math.min(chunk, wire.length - fed)).flip();
            Step step = decoder.next(in, request);
            while (step != Step.INCOMPLETE) {
                steps.add(said(step, request, in));
                if (step == Step.LOST) {
                    return steps;
                }
                if (steps.size() > 2 * wire.length) {
                    throw new AssertionError("more steps than bytes: " + steps.subList(0, 10));
                }
                step = decoder.next(in, request);
            }
            if (decoder.bytesNeeded() != 0 && decoder.bytesNeeded() <= in.remaining()) {
                throw new AssertionError("needs %d bytes and has %d".formatted(decoder.bytesNeeded(), in.remaining()));
            }
            if (decoder.bytesNeeded() == 0 && in.remaining() > TextRequestDecoder.LINE_BYTES_MAX) {
                throw new AssertionError("keeps %d bytes of a line".formatted(in.remaining()));
            }
            in.compact();
        }
        return steps;
    }

    private static String said(Step step, TextRequest request, ByteBuffer in) {
        return switch (step) {
            case KEYS_END -> "END";
            case REFUSED, LOST -> step + " " + request.refusal();
            case KEY, TOO_LARGE -> step + " " + request.verb() + " " + key(request, in);
            case INCOMPLETE, REQUEST -> whole(request, in);
        };
    }

    private static String whole(TextRequest request, ByteBuffer in) {
        Verb verb = request.verb();
        StringBuilder out = new StringBuilder(verb.name());
        if (verb == Verb.MN) { // nothing else of it is read
            return out.toString();
        }
        out.append(' ').append(key(request, in)).append(' ').append(request.noreply());
        if (verb.stores()) {
            out.append(' ').append(text(in, request.valueStart(), request.valueEnd()));
        }
        if (verb == Verb.MG || verb == Verb.MS || verb == Verb.MD || verb == Verb.MA) {
            MetaFlags flags = request.meta();
            for (int i = 0; i < flags.count(); i++) {
                out.append(' ').append(flags.letter(i)).append('=').append(text(in, flags.start(i), flags.end(i)));
            }
            out.append(' ')
                    .append(flags.ttl())
                    .append(' ')
                    .append(flags.cas())
                    .append(' ')
                    .append(flags.delta());
        } else if (verb.stores() || verb == Verb.TOUCH || verb == Verb.FLUSH_ALL) {
            out.append(' ').append(request.exptime()).append(' ').append(request.flags());
        }
        return out.toString();
    }

    private static String key(TextRequest request, ByteBuffer in) {
        int bytes = request.keyEnd() - request.keyStart();
        if (bytes > TextRequestDecoder.LINE_BYTES_MAX) {
            throw new AssertionError("a key of %d bytes".formatted(bytes));
        }
        return text(in, request.keyStart(), request.keyEnd());
    }

    private static String text(ByteBuffer in, int from, int to) {
        byte[] bytes = new byte[to - from];
        in.get(from, bytes);
        return new String(bytes, ISO_8859_1);
    }
}
