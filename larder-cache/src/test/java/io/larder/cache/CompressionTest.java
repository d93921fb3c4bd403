package io.larder.cache;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.FakeTicker;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CompressionTest {
    private static final Envelope.Head HEAD = new Envelope.Head(new Meta(1, 2, 3, 4), 5, Versions.NONE);
    private static final String KEY = "k";

    private final Envelope envelope = envelope(Compression.DEFAULT);

    private static Envelope envelope(Compression compression) {
        return new Envelope(ValueCodecs.of(byte[].class), new Checksum(), compression);
    }

    private int storedBytes(byte[] value) {
        byte[] stored = envelope.wrap(KEY, value, HEAD);
        assertThat(read(stored)).as("what was written").isEqualTo(value);
        return stored.length;
    }

    private byte[] read(byte[] stored) {
        return (byte[]) Objects.requireNonNull(
                Objects.requireNonNull(envelope.unwrap(KEY, stored)).value());
    }

    private static byte[] noise(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void wrap_payloadFromOneKibibyteOn_isSmaller() {
        assertThat(storedBytes(new byte[1021])).as("1023 bytes with its length").isGreaterThan(1023);
        assertThat(storedBytes(new byte[1022])).as("1024 bytes with its length").isLessThan(100);
        assertThat(storedBytes(new byte[1_000_000])).isLessThan(10_000);
    }

    @Test
    void wrap_whatHardlyGetsSmaller_staysAsItIs() {
        byte[] barely = noise(10_000);
        Arrays.fill(barely, 0, 900, (byte) 0); // nine in a hundred
        byte[] enough = noise(10_000);
        Arrays.fill(enough, 0, 1100, (byte) 0); // eleven

        assertThat(storedBytes(noise(10_000))).isGreaterThan(10_000);
        assertThat(storedBytes(barely)).isGreaterThan(10_000);
        assertThat(storedBytes(enough)).isBetween(8_900, 9_050);
    }

    @Test
    void wrap_off_staysAsItIs() {
        assertThat(envelope(Compression.OFF).wrap(KEY, new byte[5000], HEAD)).hasSizeGreaterThan(5000);
    }

    @Test
    void unwrap_writtenWithAnotherSetting_isRead() {
        byte[] plain = envelope(Compression.OFF).wrap(KEY, new byte[5000], HEAD);
        byte[] small = envelope.wrap(KEY, new byte[5000], HEAD);

        assertThat(read(plain)).hasSize(5000);
        assertThat((byte[]) Objects.requireNonNull(envelope(Compression.OFF).unwrap(KEY, small))
                        .value())
                .hasSize(5000);
    }

    @Test
    void wrap_aboveTheBound_isNotCompressed() {
        byte[] large = new byte[Compression.BYTES_MAX];

        assertThat(envelope.wrap(KEY, large, HEAD)).hasSizeGreaterThan(large.length);
    }

    @Test
    void inflate_bomb_isRefusedBeforeItTakesMemory() {
        byte[] zeros = new byte[Compression.BYTES_MAX];
        byte[] small = Objects.requireNonNull(Compression.DEFAULT.deflate(zeros, 0, zeros.length));

        assertThat(small.length).isLessThan(100_000);
        assertThat(Compression.inflate(small, zeros.length)).isEqualTo(zeros);
        for (long claimed : new long[] {-1, 0, zeros.length - 1, zeros.length + 1, 1L << 31, Long.MAX_VALUE}) {
            assertUnreadable(small, claimed);
        }
        assertUnreadable(new byte[] {3, 0}, 3000); // an end, and a claim of more than two bytes could hold
    }

    @Property
    void inflate_anyBytes_isUnreadableOrAsLongAsItSays(@ForAll byte[] bytes, @ForAll short claimed) {
        try {
            assertThat(Compression.inflate(bytes, claimed)).hasSize(claimed);
        } catch (UnreadableException e) {
            assertThat(e).hasMessageMatching("larger than it may be|not as long as it says|not compressed");
        }
    }

    @Example
    void inflate_cutOrLonger_isUnreadable() {
        byte[] small = Objects.requireNonNull(Compression.DEFAULT.deflate(new byte[2000], 0, 2000));

        for (int length = 0; length < small.length; length++) {
            assertUnreadable(Arrays.copyOf(small, length), 2000);
        }
        assertUnreadable(Arrays.copyOf(small, small.length + 1), 2000);
    }

    private static void assertUnreadable(byte[] small, long claimed) {
        assertThatThrownBy(() -> Compression.inflate(small, claimed)).isInstanceOf(UnreadableException.class);
    }

    @Test
    void parse_text_isOffOrASize() {
        assertThat(Compression.parse("off")).isEqualTo(Compression.OFF);
        assertThat(Compression.parse("4KB")).isEqualTo(new Compression(4096));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Compression.parse("on"))
                .withMessage("compress: \"on\" is not a size; write it like 4096, 64KB, 64MB or 1GB;"
                        + " write compress=off, or from which size on, like compress=4KB");
    }

    @Test
    void get_largeValue_isStoredSmallUnlessSwitchedOff() {
        FakeTicker ticker = new FakeTicker();
        FakeByteStore store = new FakeByteStore(ticker);
        for (String setting : List.of("1KB", "off")) {
            try (Larder larder = Larder.builder()
                    .store(store)
                    .ticker(ticker)
                    .compress(setting)
                    .open()) {
                Cached<String, String> texts = larder.cached(
                                "t:{key}", String.class, String.class, key -> "text ".repeat(1000))
                        .ttl("1h")
                        .build();
                texts.get(setting);
                assertThat(texts.get(setting)).hasSize(5000);
                assertThat(texts.stats().hits()).isEqualTo(1);
                byte[] stored = Objects.requireNonNull(store.find("t:" + setting));
                assertThat(stored.length > 5000).isEqualTo(setting.equals("off"));
                assertThat(new String(stored, US_ASCII).contains("text text text"))
                        .isEqualTo(setting.equals("off"));
            }
        }
    }
}
