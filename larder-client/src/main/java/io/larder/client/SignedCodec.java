package io.larder.client;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Values of another codec behind a signature, which is checked before anything of them is parsed.
 *
 * <pre>  number of the secret, 1 byte | HMAC-SHA-256 of number, flags and value, 32 bytes | value </pre>
 */
final class SignedCodec<V> implements Codec<V> {
    /** Above the bits that clients of other languages use. */
    static final int FLAG = 1 << 26;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;
    private static final int HEADER_BYTES = 1 + MAC_BYTES;

    private final Codec<V> values;
    private final SigningKeys keys;

    SignedCodec(Codec<V> values, SigningKeys keys) {
        this.values = values;
        this.keys = keys;
    }

    @Override
    public Encoded encode(V value) {
        Encoded encoded = values.encode(value);
        if ((encoded.flags() & FLAG) != 0) {
            throw new IllegalArgumentException("the codec inside uses flag 0x%x itself".formatted(FLAG));
        }
        byte[] data = encoded.data();
        byte[] signed = new byte[HEADER_BYTES + data.length];
        signed[0] = (byte) keys.id();
        System.arraycopy(data, 0, signed, HEADER_BYTES, data.length);
        System.arraycopy(mac(keys.id(), encoded.flags(), signed), 0, signed, 1, MAC_BYTES);
        return new Encoded(encoded.flags() | FLAG, signed);
    }

    @Override
    public V decode(int flags, byte[] data) {
        if ((flags & FLAG) == 0 || data.length < HEADER_BYTES) {
            throw new IllegalArgumentException("the value is not signed");
        }
        int id = data[0] & 0xff;
        if (keys.secret(id) == null) {
            throw new IllegalArgumentException(
                    "the value is signed with key %d, which is not known here".formatted(id));
        }
        int inner = flags & ~FLAG;
        if (!MessageDigest.isEqual(mac(id, inner, data), Arrays.copyOfRange(data, 1, HEADER_BYTES))) {
            throw new IllegalArgumentException("the signature of the value is wrong");
        }
        return values.decode(inner, Arrays.copyOfRange(data, HEADER_BYTES, data.length));
    }

    private byte[] mac(int id, int flags, byte[] signed) {
        byte[] secret = keys.secret(id);
        if (secret == null) {
            throw new IllegalStateException("no secret " + id);
        }
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            mac.update((byte) id);
            mac.update(ByteBuffer.allocate(Integer.BYTES).putInt(flags).array());
            mac.update(signed, HEADER_BYTES, signed.length - HEADER_BYTES);
            return mac.doFinal();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }
}
