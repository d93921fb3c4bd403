package io.larder.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.protocol.BinaryRequestDecoder.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BinaryRequestDecoderTest {
    private static final int VALUE_BYTES_MAX = 100;

    @Property(tries = 2000)
    void next_anyCutting_findsTheSame(
            @ForAll("streams") List<byte[]> frames, @ForAll @IntRange(min = 1, max = 60) int chunk) {
        byte[] wire = joined(frames);

        assertThat(steps(wire, chunk)).isEqualTo(steps(wire, Integer.MAX_VALUE / 2));
    }

    @Property(tries = 2000)
    void next_anyBytes_endsWithoutAnException(@ForAll byte[] bytes, @ForAll @IntRange(min = 1, max = 60) int chunk) {
        byte[] wire = joined(List.of(new byte[] {BinaryRequestDecoder.MAGIC}, bytes));

        assertThat(steps(wire, chunk)).isEqualTo(steps(wire, Integer.MAX_VALUE / 2));
    }

    @Test
    void next_set_tellsEveryField() {
        BinaryRequest request = new BinaryRequest();
        ByteBuffer in = ByteBuffer.wrap(frame(0x11, new byte[] {0, 0, 0, 7, (byte) 0xff, 0, 0, 0}, "key", "value"));

        Step step = new BinaryRequestDecoder(VALUE_BYTES_MAX, false).next(in, request);

        assertThat(step).isEqualTo(Step.REQUEST);
        assertThat(request.command()).isEqualTo(BinaryCommand.SET);
        assertThat(request.quiet()).isTrue();
        assertThat(request.flags()).isEqualTo(7);
        assertThat(request.exptime()).isEqualTo(0xff00_0000L);
        assertThat(request.opaque()).isEqualTo(5);
        assertThat(request.cas()).isEqualTo(6);
        assertThat(request.keyEnd() - request.keyStart()).isEqualTo(3);
        assertThat(request.valueEnd() - request.valueStart()).isEqualTo(5);
    }

    @Test
    void next_unauthenticated_refusesBeforeTheValueIsThere() {
        byte[] set = frame(0x01, new byte[8], "key", "v".repeat(VALUE_BYTES_MAX));
        BinaryRequest request = new BinaryRequest();

        Step step = new BinaryRequestDecoder(VALUE_BYTES_MAX, true)
                .next(ByteBuffer.wrap(set, 0, BinaryRequestDecoder.HEADER_BYTES), request);

        assertThat(step).isEqualTo(Step.LAST);
        assertThat(request.refusal()).isEqualTo(BinaryStatus.AUTH_FAILED);
    }

    @Test
    void passOver_requestGivenUp_goesOnBehindIt() {
        BinaryRequestDecoder decoder = new BinaryRequestDecoder(VALUE_BYTES_MAX, false);
        byte[] set = frame(0x01, new byte[8], "key", "value");
        BinaryRequest request = new BinaryRequest();

        assertThat(decoder.next(ByteBuffer.wrap(set, 0, 36), request)).isEqualTo(Step.INCOMPLETE);
        assertThat(decoder.bytesNeeded()).isEqualTo(set.length);
        decoder.passOver(36);
        ByteBuffer rest = ByteBuffer.wrap(
                joined(List.of(java.util.Arrays.copyOfRange(set, 36, set.length), frame(0x0a, new byte[0], "", ""))));

        assertThat(decoder.next(rest, request)).isEqualTo(Step.REQUEST);
        assertThat(request.command()).isEqualTo(BinaryCommand.NOOP);
    }

    @Provide
    Arbitrary<List<byte[]>> streams() {
        Arbitrary<Integer> codes = Arbitraries.integers().between(0, 0x26);
        Arbitrary<Integer> extras = Arbitraries.of(0, 0, 4, 8, 20, 3);
        Arbitrary<Integer> keys = Arbitraries.of(0, 1, 3, 250, 251);
        Arbitrary<Integer> values = Arbitraries.of(0, 0, 1, 50, 100, 101, 200);
        return Combinators.combine(codes, extras, keys, values)
                .as((code, x, k, v) -> frame(code, new byte[x], "k".repeat(k), "v".repeat(v)))
                .list()
                .ofMaxSize(8);
    }

    private static byte[] frame(int code, byte[] extras, String key, String value) {
        int body = extras.length + key.length() + value.length();
        ByteBuffer out = ByteBuffer.allocate(BinaryRequestDecoder.HEADER_BYTES + body);
        out.put(BinaryRequestDecoder.MAGIC).put((byte) code).putShort((short) key.length());
        out.put((byte) extras.length).put((byte) 0).putShort((short) 0);
        out.putInt(body).putInt(5).putLong(6).put(extras);
        for (char c : (key + value).toCharArray()) {
            out.put((byte) c);
        }
        return out.array();
    }

    private static byte[] joined(List<byte[]> parts) {
        ByteBuffer all =
                ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return all.array();
    }

    /** What the decoder says about bytes that come in pieces, as a connection would offer them. */
    private static List<String> steps(byte[] wire, int chunk) {
        BinaryRequestDecoder decoder = new BinaryRequestDecoder(VALUE_BYTES_MAX, false);
        BinaryRequest request = new BinaryRequest();
        List<String> steps = new ArrayList<>();
        ByteBuffer in = ByteBuffer.allocate(wire.length);
        for (int at = 0; at < wire.length; at += Math.min(chunk, wire.length - at)) {
            in.put(wire, at, Math.min(chunk, wire.length - at)).flip();
            Step step = decoder.next(in, request);
            while (step != Step.INCOMPLETE) {
                steps.add(said(step, request, in));
                if (step == Step.LAST || step == Step.LOST) {
                    return steps;
                }
                step = decoder.next(in, request);
            }
            in.compact();
        }
        return steps;
    }

    private static String said(Step step, BinaryRequest request, ByteBuffer in) {
        if (step == Step.LOST) {
            return "LOST";
        }
        if (step != Step.REQUEST) {
            return step + " " + request.code() + " " + request.refusal();
        }
        byte[] value = new byte[request.valueEnd() - request.valueStart()];
        in.get(request.valueStart(), value);
        return "%s %s %d %d"
                .formatted(request.command(), request.quiet(), request.keyEnd() - request.keyStart(), value.length);
    }
}
