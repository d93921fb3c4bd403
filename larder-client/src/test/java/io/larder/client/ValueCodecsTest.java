package io.larder.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Compression and signatures around other codecs. */
class ValueCodecsTest {
    private static final byte[] SECRET = "0123456789abcdef".getBytes(UTF_8);
    private static final byte[] OTHER = "fedcba9876543210".getBytes(UTF_8);

    @Test
    void compressed_largeText_isSmallerAndComesBack() {
        Codec<String> codec = Codecs.compressed(Codecs.text());
        String large = "abc".repeat(10_000);

        Encoded encoded = codec.encode(large);

        assertThat(encoded.flags()).isEqualTo(CompressedCodec.FLAG);
        assertThat(encoded.data()).hasSizeLessThan(1000);
        assertThat(codec.decode(encoded.flags(), encoded.data())).isEqualTo(large);
    }

    @Test
    void compressed_smallOrRandomValues_stayAsTheyAre() {
        Codec<byte[]> codec = Codecs.compressed(Codecs.bytes(), 100, 1 << 20);
        byte[] random = new byte[5000];
        new Random(1).nextBytes(random);

        assertThat(codec.encode(new byte[100]).flags()).isZero();
        assertThat(codec.encode(new byte[101]).flags()).isEqualTo(CompressedCodec.FLAG);
        assertThat(codec.encode(random).flags()).isZero();
        assertThat(codec.decode(0, random)).isEqualTo(random);
    }

    @Test
    void compressed_bomb_isRefusedBeforeItIsInMemory() {
        Encoded bomb = Codecs.compressed(Codecs.bytes(), 0, 64 << 20).encode(new byte[32 << 20]);

        assertThatThrownBy(() -> Codecs.compressed(Codecs.bytes(), 0, 1 << 20).decode(bomb.flags(), bomb.data()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 1048576 inside");
    }

    @Property
    void compressed_garbageUnderItsFlag_isRefusedOrBounded(@ForAll byte[] data) {
        Codec<byte[]> codec = Codecs.compressed(Codecs.bytes(), 0, 1000);

        try {
            assertThat(codec.decode(CompressedCodec.FLAG, data)).hasSizeLessThanOrEqualTo(1000);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).contains("value");
        }
    }

    @Test
    void compressed_cutValue_isRefused() {
        Codec<String> codec = Codecs.compressed(Codecs.text(), 0, 1 << 20);
        byte[] whole = codec.encode("abc".repeat(1000)).data();

        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> codec.decode(CompressedCodec.FLAG, cut))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> codec.decode(CompressedCodec.FLAG, Arrays.copyOf(whole, whole.length + 1)))
                .hasMessageContaining("1 bytes behind its end");
    }

    @Test
    void signed_anyBitChanged_isRefusedBeforeItIsParsed() {
        Codec<String> parser = new Codec<>() {
            @Override
            public Encoded encode(String value) {
                return new Encoded(7, value.getBytes(UTF_8));
            }

            @Override
            public String decode(int flags, byte[] data) {
                assertThat(flags).isEqualTo(7);
                assertThat(new String(data, UTF_8)).isEqualTo("value");
                return "value";
            }
        };
        Codec<String> codec = Codecs.signed(parser, SigningKeys.of(3, SECRET));
        Encoded signed = codec.encode("value");

        assertThat(codec.decode(signed.flags(), signed.data().clone())).isEqualTo("value");
        for (int bit = 0; bit < 8 * signed.data().length; bit++) {
            byte[] changed = signed.data().clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> codec.decode(signed.flags(), changed))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        for (int bit = 0; bit < 32; bit++) {
            int flags = signed.flags() ^ 1 << bit;
            assertThatThrownBy(() -> codec.decode(flags, signed.data().clone()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> codec.decode(SignedCodec.FLAG, new byte[5])).hasMessageContaining("not signed");
    }

    @Test
    void signed_keysInRotation_believeTheOlderOne() {
        Codec<String> before = Codecs.signed(Codecs.text(), SigningKeys.of(1, SECRET));
        Codec<String> during =
                Codecs.signed(Codecs.text(), SigningKeys.of(2, OTHER).believing(1, SECRET));
        Codec<String> after = Codecs.signed(Codecs.text(), SigningKeys.of(2, OTHER));
        Encoded old = before.encode("v");
        Encoded young = during.encode("v");

        assertThat(during.decode(old.flags(), old.data())).isEqualTo("v");
        assertThat(after.decode(young.flags(), young.data())).isEqualTo("v");
        assertThatThrownBy(() -> after.decode(old.flags(), old.data()))
                .hasMessageContaining("key 1, which is not known");
        assertThatThrownBy(() -> SigningKeys.of(1, new byte[15])).hasMessageContaining("15 bytes");
        assertThatThrownBy(() -> SigningKeys.of(1, SECRET).believing(1, OTHER))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void signedAndCompressed_together_comeBack() {
        Codec<String> codec = Codecs.signed(Codecs.compressed(Codecs.text(), 10, 1 << 20), SigningKeys.of(0, SECRET));
        Encoded encoded = codec.encode("a".repeat(500));

        assertThat(encoded.flags()).isEqualTo(SignedCodec.FLAG | CompressedCodec.FLAG);
        assertThat(codec.decode(encoded.flags(), encoded.data())).isEqualTo("a".repeat(500));
    }
}
