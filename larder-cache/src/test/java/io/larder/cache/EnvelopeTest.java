package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings("SameNameButDifferent") // an older Account is what it is about
class EnvelopeTest {
    record Account(long id, @Nullable String name, List<Integer> limits) {}

    private static final Meta META = new Meta(0x0102030405060708L, 1_767_225_600_123L, 1_767_226_200_123L, 4711);
    private static final Account ACCOUNT = new Account(7, "Ann", List.of(1, -1, 300));

    private static final Envelope.Head HEAD = new Envelope.Head(META, 1_767_229_800_123L, Versions.NONE);
    private static final String KEY = "account:7";

    private final Envelope envelope = new Envelope(ValueCodecs.of(Account.class), new Checksum(), Compression.OFF);

    /** Entries written by released versions must stay readable: these bytes change only with the format number. */
    @Test
    void wrap_record_isTheseBytes() {
        assertThat(hex(envelope.wrap(KEY, ACCOUNT, HEAD)))
                .isEqualTo(String.join(
                        "",
                        "ec4c02", // magic, format
                        "00", // flags
                        "01", // codec
                        "618ebf72", // shape: Account{id:i64;name:text;limits:list<i32>;}
                        "0102030405060708", // stamp
                        "019b76daa87b", // created 2026-01-01T00:00:00.123Z
                        "019b76e3d03b", // fresh until ten minutes later
                        "019b771abebb", // kept until an hour after that
                        "00001267", // load cost in microseconds
                        "010e", // id, zigzag
                        "0106416e6e", // name: length doubled, then UTF-8
                        "01030102010101d804", // three limits, each marked as present
                        "689869c6")); // of the key, a zero byte, and all of the above
    }

    @Test
    void wrap_null_isAHeadWithAFlag() {
        Meta forever = new Meta(1, 2, Long.MAX_VALUE, Long.MAX_VALUE);
        byte[] bytes = envelope.wrap(KEY, null, new Envelope.Head(forever, Long.MAX_VALUE, Versions.NONE));

        assertThat(hex(bytes)).startsWith("ec4c0201").contains("000000000002ffffffffffffffffffffffffffffffff");
        assertThat(bytes).hasSize(Envelope.HEAD_BYTES + 4);
        Meta read = new Meta(1, 2, Long.MAX_VALUE, (1L << 32) - 1);
        assertThat(envelope.unwrap(KEY, bytes))
                .isEqualTo(new Envelope.Contents(null, null, new Envelope.Head(read, Long.MAX_VALUE, Versions.NONE)));
    }

    @Test
    void unwrap_wrapped_isTheSame() {
        assertThat(envelope.unwrap(KEY, envelope.wrap(KEY, ACCOUNT, HEAD)))
                .isEqualTo(new Envelope.Contents(ACCOUNT, null, HEAD));
    }

    @Test
    void unwrap_wrappedFailure_isTheSame() {
        Envelope.Failure failure = new Envelope.Failure("java.util.NoSuchElementException", "no account 7");
        Envelope.Failure silent = new Envelope.Failure("java.util.NoSuchElementException", null);

        assertThat(envelope.unwrap(KEY, envelope.wrapFailure(KEY, failure, HEAD)))
                .isEqualTo(new Envelope.Contents(null, failure, HEAD));
        assertThat(envelope.unwrap(KEY, envelope.wrapFailure(KEY, silent, HEAD)))
                .isEqualTo(new Envelope.Contents(null, silent, HEAD));
    }

    @Test
    void unwrap_changedRecord_isUnreadable() {
        byte[] bytes = envelope.wrap(KEY, ACCOUNT, HEAD);

        assertThat(new Envelope(ValueCodecs.of(renamedComponent()), new Checksum(), Compression.OFF).unwrap(KEY, bytes))
                .isNull();
        assertThat(new Envelope(ValueCodecs.of(String.class), new Checksum(), Compression.OFF).unwrap(KEY, bytes))
                .isNull();
    }

    private static Class<?> renamedComponent() {
        record Account(long id, @Nullable String title, List<Integer> limits) {}
        return Account.class;
    }

    @Test
    void unwrap_plainText_isUnreadable() {
        assertThat(envelope.unwrap(KEY, new byte[0])).isNull();
        assertThat(envelope.unwrap(KEY, "some other client's value, of some length".getBytes(StandardCharsets.UTF_8)))
                .isNull();
    }

    @Property
    void unwrap_anyBytes_neverThrows(@ForAll byte[] bytes) {
        assertThat(envelope.unwrap(KEY, bytes)).isNull();
    }

    /** Sealed anew, so that what stands behind the seal is reached. */
    @Property
    void unwrap_headThenAnyBytes_neverThrows(@ForAll byte[] tail) {
        ByteOut out = new ByteOut(Envelope.HEAD_BYTES + tail.length);
        out.raw(Arrays.copyOf(envelope.wrap(KEY, ACCOUNT, HEAD), Envelope.HEAD_BYTES));
        out.raw(tail);

        Envelope.Contents contents = envelope.unwrap(KEY, new Checksum().close(KEY, out));

        assertThat(contents == null || contents.value() instanceof Account).isTrue();
    }

    @Property(tries = 5000)
    void unwrap_mutated_isUnreadable(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(min = 0, max = 60) Integer> places, @ForAll Random random) {
        byte[] bytes = envelope.wrap(KEY, ACCOUNT, HEAD);
        byte[] mutated = bytes.clone();
        for (int place : places) {
            mutated[place % bytes.length] = (byte) random.nextInt();
        }

        boolean asOfOld = mutated[2] == 1; // a format that had nothing to prove itself by
        if (!Arrays.equals(mutated, bytes) && !asOfOld) {
            assertThat(envelope.unwrap(KEY, mutated)).isNull();
        }
    }

    @Test
    void unwrap_ofAnotherKey_isUnreadable() {
        byte[] bytes = envelope.wrap(KEY, ACCOUNT, HEAD);

        assertThat(envelope.unwrap("account:8", bytes)).isNull();
        assertThat(envelope.unwrap("", bytes)).isNull();
    }

    @Property
    void unwrap_cutAnywhere_isUnreadable(@ForAll @IntRange(min = 0, max = 55) int length) {
        assertThat(envelope.unwrap(KEY, Arrays.copyOf(envelope.wrap(KEY, ACCOUNT, HEAD), length)))
                .isNull();
    }

    @Test
    void unwrap_oneByteMore_isUnreadable() {
        byte[] bytes = envelope.wrap(KEY, ACCOUNT, HEAD);

        assertThat(envelope.unwrap(KEY, Arrays.copyOf(bytes, bytes.length + 1))).isNull();
    }

    @Test
    void unwrap_headOfAnotherVersion_isUnreadable() {
        for (int at = 0; at < 9; at++) {
            byte[] bytes = envelope.wrap(KEY, ACCOUNT, HEAD);
            bytes[at] ^= 0x10;
            assertThat(envelope.unwrap(KEY, bytes)).as("byte %d changed", at).isNull();
        }
    }

    /** Lines of format, name and bytes in Base64, as each format wrote them. A new format adds its lines and leaves the old. */
    static Stream<Arguments> stored() throws IOException {
        try (InputStream in = EnvelopeTest.class.getResourceAsStream("Envelope.samples")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                    .lines()
                    .map(line -> Arguments.of((Object[]) line.split(" ", 3)));
        }
    }

    @ParameterizedTest(name = "format {0}, {1}")
    @MethodSource("stored")
    void unwrap_storedSample_isReadAsItWasMeant(String format, String name, String bytes) {
        Envelope.Contents meant = Objects.requireNonNull(EnvelopeFuzz.samples().get(name));
        Envelope.Head head = meant.head();
        Envelope.Head known = format.equals("1")
                ? new Envelope.Head(head.meta(), Long.MAX_VALUE, head.versions()) // it knew no such time
                : head;

        Envelope.Contents read = EnvelopeFuzz.ENVELOPE.unwrap(
                EnvelopeFuzz.KEY, Base64.getDecoder().decode(bytes));

        assertThat(read).isEqualTo(new Envelope.Contents(meant.value(), meant.failure(), known));
    }

    @Test
    void wrap_samples_areTheStoredOnes() throws IOException {
        assertThat(stored().map(line -> Arrays.asList(line.get()))
                        .filter(line -> line.get(0).equals("2") && !line.get(1).equals("compressed"))
                        .map(line -> line.get(1) + " " + line.get(2)))
                .containsExactlyInAnyOrderElementsOf(written());
    }

    private static List<String> written() {
        List<String> lines = new ArrayList<>();
        EnvelopeFuzz.samples().forEach((name, contents) -> {
            if (name.equals("compressed")) {
                return; // each JDK's zlib writes it in its own way
            }
            byte[] bytes = contents.failure() == null
                    ? EnvelopeFuzz.ENVELOPE.wrap(EnvelopeFuzz.KEY, contents.value(), contents.head())
                    : EnvelopeFuzz.ENVELOPE.wrapFailure(EnvelopeFuzz.KEY, contents.failure(), contents.head());
            lines.add(name + " " + Base64.getEncoder().encodeToString(bytes));
        });
        return lines;
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
