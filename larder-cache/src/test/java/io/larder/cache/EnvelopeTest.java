package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

@SuppressWarnings("SameNameButDifferent") // an older Account is what it is about
class EnvelopeTest {
    record Account(long id, @Nullable String name, List<Integer> limits) {}

    private static final Meta META = new Meta(0x0102030405060708L, 1_767_225_600_123L, 1_767_226_200_123L, 4711);
    private static final Account ACCOUNT = new Account(7, "Ann", List.of(1, -1, 300));

    private final Envelope envelope = new Envelope(ValueCodecs.of(Account.class));

    /** Entries written by released versions must stay readable: these bytes change only with the format number. */
    @Test
    void wrap_record_isTheseBytes() {
        assertThat(hex(envelope.wrap(ACCOUNT, META, Versions.NONE)))
                .isEqualTo(String.join(
                        "",
                        "ec4c01", // magic, format
                        "00", // flags
                        "01", // codec
                        "618ebf72", // shape: Account{id:i64;name:text;limits:list<i32>;}
                        "0102030405060708", // stamp
                        "019b76daa87b", // created 2026-01-01T00:00:00.123Z
                        "019b76e3d03b", // fresh until ten minutes later
                        "00001267", // load cost in microseconds
                        "010e", // id, zigzag
                        "0106416e6e", // name: length doubled, then UTF-8
                        "01030102010101d804")); // three limits, each marked as present
    }

    @Test
    void wrap_null_isAHeadWithAFlag() {
        byte[] bytes = envelope.wrap(null, new Meta(1, 2, Long.MAX_VALUE, Long.MAX_VALUE), Versions.NONE);

        assertThat(hex(bytes)).startsWith("ec4c0101").endsWith("000000000002ffffffffffffffffffff");
        assertThat(bytes).hasSize(Envelope.HEAD_BYTES);
        assertThat(envelope.unwrap(bytes))
                .isEqualTo(new Envelope.Contents(
                        null, null, new Meta(1, 2, Long.MAX_VALUE, (1L << 32) - 1), Versions.NONE));
    }

    @Test
    void unwrap_wrapped_isTheSame() {
        assertThat(envelope.unwrap(envelope.wrap(ACCOUNT, META, Versions.NONE)))
                .isEqualTo(new Envelope.Contents(ACCOUNT, null, META, Versions.NONE));
    }

    @Test
    void unwrap_wrappedFailure_isTheSame() {
        Envelope.Failure failure = new Envelope.Failure("java.util.NoSuchElementException", "no account 7");
        Envelope.Failure silent = new Envelope.Failure("java.util.NoSuchElementException", null);

        assertThat(envelope.unwrap(envelope.wrapFailure(failure, META, Versions.NONE)))
                .isEqualTo(new Envelope.Contents(null, failure, META, Versions.NONE));
        assertThat(envelope.unwrap(envelope.wrapFailure(silent, META, Versions.NONE)))
                .isEqualTo(new Envelope.Contents(null, silent, META, Versions.NONE));
    }

    @Test
    void unwrap_changedRecord_isUnreadable() {
        byte[] bytes = envelope.wrap(ACCOUNT, META, Versions.NONE);

        assertThat(new Envelope(ValueCodecs.of(renamedComponent())).unwrap(bytes))
                .isNull();
        assertThat(new Envelope(ValueCodecs.of(String.class)).unwrap(bytes)).isNull();
    }

    private static Class<?> renamedComponent() {
        record Account(long id, @Nullable String title, List<Integer> limits) {}
        return Account.class;
    }

    @Test
    void unwrap_plainText_isUnreadable() {
        assertThat(envelope.unwrap(new byte[0])).isNull();
        assertThat(envelope.unwrap("some other client's value, of some length".getBytes(StandardCharsets.UTF_8)))
                .isNull();
    }

    @Property
    void unwrap_anyBytes_neverThrows(@ForAll byte[] bytes) {
        assertThat(envelope.unwrap(bytes)).isNull();
    }

    @Property
    void unwrap_headThenAnyBytes_neverThrows(@ForAll byte[] tail) {
        byte[] bytes = Arrays.copyOf(envelope.wrap(ACCOUNT, META, Versions.NONE), Envelope.HEAD_BYTES + tail.length);
        System.arraycopy(tail, 0, bytes, Envelope.HEAD_BYTES, tail.length);

        Envelope.Contents contents = envelope.unwrap(bytes);

        assertThat(contents == null || contents.value() instanceof Account).isTrue();
    }

    @Property
    void unwrap_cutAnywhere_isUnreadable(@ForAll @IntRange(min = 0, max = 45) int length) {
        assertThat(envelope.unwrap(Arrays.copyOf(envelope.wrap(ACCOUNT, META, Versions.NONE), length)))
                .isNull();
    }

    @Test
    void unwrap_oneByteMore_isUnreadable() {
        byte[] bytes = envelope.wrap(ACCOUNT, META, Versions.NONE);

        assertThat(envelope.unwrap(Arrays.copyOf(bytes, bytes.length + 1))).isNull();
    }

    @Test
    void unwrap_headOfAnotherVersion_isUnreadable() {
        for (int at = 0; at < 9; at++) {
            byte[] bytes = envelope.wrap(ACCOUNT, META, Versions.NONE);
            bytes[at] ^= 0x10;
            assertThat(envelope.unwrap(bytes)).as("byte %d changed", at).isNull();
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
