package io.larder.cache;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A seal that only those can make who know a secret: 16 bytes of HMAC-SHA-256, then one byte that tells which secret it was.
 *
 * <p>It is made over the realm and the key, each behind its length, and over all that was written, so that bytes signed for one key
 * or one realm are nothing under another. Nothing in the bytes says whether and how they are signed, so there is
 * nothing that could be talked down. Thread-safe.
 */
final class Signature implements Seal {
    private static final String ALGORITHM = "HmacSHA256";
    private static final byte[] DOMAIN = "larder entry, signed\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NUMBER = "larder number of a secret\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MAC_BYTES = 16;
    private static final int BYTES = MAC_BYTES + 1;

    private final List<Key> keys;
    private final byte[] realm;

    /** By the first of them, believing all. */
    Signature(List<byte[]> secrets, String realm) {
        this.keys = secrets.stream().map(Key::new).toList();
        this.realm = realm.getBytes(StandardCharsets.UTF_8);
    }

    /** A secret, ready for use. */
    private static final class Key {
        private final SecretKeySpec secret;
        final byte number; // a hash of the secret, so that it stays when the secret moves to another place

        Key(byte[] secret) {
            this.secret = new SecretKeySpec(secret, ALGORITHM);
            this.number = mac().doFinal(NUMBER)[0];
        }

        Mac mac() {
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(secret);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
            }
        }
    }

    @Override
    public byte[] close(String key, ByteOut written) {
        Key first = keys.get(0);
        byte[] mac = mac(first, key, written.bytes(), written.length());
        written.raw(mac);
        written.oneByte(first.number);
        return written.toBytes();
    }

    @Override
    public int check(String key, byte[] bytes) {
        int end = bytes.length - BYTES;
        if (end >= 0) {
            byte[] claimed = Arrays.copyOfRange(bytes, end, end + MAC_BYTES);
            for (Key candidate : keys) {
                if (candidate.number == bytes[bytes.length - 1]
                        && MessageDigest.isEqual(claimed, mac(candidate, key, bytes, end))) {
                    return end;
                }
            }
        }
        throw new UnreadableException("not signed by a secret that is believed");
    }

    @Override
    public boolean isRequired() {
        return true;
    }

    private byte[] mac(Key by, String key, byte[] bytes, int length) {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        Mac mac = by.mac();
        mac.update(DOMAIN);
        mac.update(ByteBuffer.allocate(2 * Integer.BYTES)
                .putInt(realm.length)
                .putInt(name.length)
                .array());
        mac.update(realm);
        mac.update(name);
        mac.update(bytes, 0, length);
        return Arrays.copyOf(mac.doFinal(), MAC_BYTES);
    }
}
