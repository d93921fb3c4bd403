package io.larder.client;

import io.larder.base.Printable;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;

/**
 * Keys as they are where memcached can hold them; all others as a digest, and what is stored under it carries the key.
 *
 * <pre>  #larder#  +  22 characters: the first 128 bits of SHA-256 in URL-safe base64 </pre>
 *
 * <p>A key that looks like a digest is hashed as well, so that nobody meets one by writing it.
 */
final class HashedKeys implements KeyPolicy {
    private static final String MARK = "#larder#";
    private static final int DIGEST_BYTES = 16;
    private static final int KEY_BYTES_MAX = 0xffff;
    private static final MessageDigest SHA_256 = newSha256();

    @Override
    public byte[] encode(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        if (!isHashed(key, bytes)) {
            return StrictKeys.checked(key, bytes);
        }
        if (Utf8.isBroken(key) || bytes.length > KEY_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "key \"%s\" has %d bytes, or half a surrogate pair; a key that is hashed may have 1 to %d bytes of UTF-8"
                            .formatted(Printable.of(key), bytes.length, KEY_BYTES_MAX));
        }
        try {
            byte[] digest = ((MessageDigest) SHA_256.clone()).digest(bytes);
            String text = Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, DIGEST_BYTES));
            return (MARK + text).getBytes(StandardCharsets.US_ASCII);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException("the JDK's SHA-256 cannot be cloned", e);
        }
    }

    /** Whether values of a key are stored with the key in front, and compared when they are read. */
    boolean isCarried(String key) {
        return isHashed(key, key.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean isHashed(String key, byte[] bytes) {
        return bytes.length > BYTES_MAX || key.startsWith(MARK) || !StrictKeys.isPlain(bytes);
    }

    private static MessageDigest newSha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
