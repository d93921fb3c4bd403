package io.larder.storage;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WyHashTest {
    /** The vectors published with wyhash, final version 4: the seed is the row's number. */
    @ParameterizedTest
    @CsvSource({
        "0, '', 93228a4de0eec5a2",
        "1, a, c5bac3db178713c4",
        "2, abc, a97f2f7b1d9b3314",
        "3, message digest, 786d1f1df3801df4",
        "4, abcdefghijklmnopqrstuvwxyz, dca5a8138ad37c87",
        "5, ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789, b9e734f117cfaf70",
        "6, 12345678901234567890123456789012345678901234567890123456789012345678901234567890, 6cc5eab49a92d617"
    })
    void hash_publishedVectors_match(long seed, String text, String expected) {
        byte[] bytes = text.getBytes(US_ASCII);

        assertThat(Long.toHexString(WyHash.hash(bytes, bytes.length, seed))).isEqualTo(expected);
    }

    @Test
    void hash_everyLengthAndSeed_differs() {
        byte[] bytes = new byte[250];
        Set<Long> seen = new HashSet<>();

        for (int length = 0; length <= bytes.length; length++) {
            assertThat(seen.add(WyHash.hash(bytes, length, 1))).isTrue();
            assertThat(seen.add(WyHash.hash(bytes, length, 2))).isTrue();
        }
    }
}
