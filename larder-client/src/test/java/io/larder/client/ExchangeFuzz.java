package io.larder.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.TextReply;
import io.larder.protocol.TextReplyDecoder;
import io.larder.protocol.TextReplyException;
import io.larder.protocol.TextRequestEncoder;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * What a node answers to a request: however it is cut, the request gets the same out of it, and whatever is not its reply raises
 * {@link TextReplyException} and nothing else.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says how it is cut, the
 * second which request it answers.
 */
public final class ExchangeFuzz {
    private static final int OPAQUE = 7;
    private static final List<byte[]> KEYS =
            List.of("a".getBytes(US_ASCII), "bb".getBytes(US_ASCII), "c".getBytes(US_ASCII));

    private ExchangeFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 3) {
            return;
        }
        byte[] wire = Arrays.copyOfRange(input, 2, input.length);
        String whole = outcome(wire, wire.length, input[1]);
        String cut = outcome(wire, 1 + (input[0] & 0x3f), input[1]);
        if (!whole.equals(cut)) {
            throw new AssertionError("whole: %s%ncut: %s".formatted(whole, cut));
        }
    }

    private static String outcome(byte[] wire, int chunk, byte kind) {
        List<byte[]> keys = (kind & 2) == 0 ? KEYS : KEYS.subList(0, 1);
        Exchange exchange = exchange(kind, keys);
        Dialect dialect = (kind & 1) == 0 ? Dialect.META : Dialect.TEXT;
        exchange.send(dialect, OPAQUE, ByteBuffer.allocate(exchange.requestBytesMax()));
        TextReplyDecoder decoder = new TextReplyDecoder();
        ByteBuffer in = ByteBuffer.allocate(wire.length);
        try {
            for (int fed = 0; fed < wire.length; fed += Math.min(chunk, wire.length - fed)) {
                in.put(wire, fed, Math.min(chunk, wire.length - fed)).flip();
                for (TextReply reply = decoder.next(in); reply != null; reply = decoder.next(in)) {
                    if (exchange.accept(reply)) {
                        return "done " + found(exchange, keys.size());
                    }
                }
                in.compact();
            }
        } catch (TextReplyException e) {
            return "refused";
        }
        return "waiting " + found(exchange, keys.size());
    }

    private static Exchange exchange(byte kind, List<byte[]> keys) {
        return switch (kind >>> 2 & 3) {
            case 0, 1 -> new ItemsExchange(keys);
            case 2 -> new StatsExchange(List.of());
            default -> new LineExchange("version", TextRequestEncoder.version(), TextReply.Version.class::isInstance);
        };
    }

    private static String found(Exchange exchange, int keys) {
        StringBuilder found = new StringBuilder(String.valueOf(exchange.refusal()));
        if (exchange instanceof ItemsExchange items) {
            for (int i = 0; i < keys; i++) {
                found.append(' ').append(items.isFound(i) ? items.flags(i) + Arrays.toString(items.data(i)) : "-");
            }
        } else if (exchange instanceof StatsExchange stats) {
            found.append(stats.stats());
        } else if (exchange instanceof LineExchange line) {
            found.append(line.reply());
        }
        return found.toString();
    }
}
