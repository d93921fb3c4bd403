package io.larder.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that values are signed with by HMAC-SHA-256: one signs, the others are still believed. To change the secret, first add the
 * new one to all processes by {@link #believing}, then sign with it, then leave out the old one once its values have expired.
 * Immutable; the secrets never show in a message.
 */
public final class SigningKeys {
    private static final int SECRET_BYTES_MIN = 16;
    private static final int ID_MAX = 255;

    private final int id;
    private final Map<Integer, byte[]> secrets;

    private SigningKeys(int id, Map<Integer, byte[]> secrets) {
        this.id = id;
        this.secrets = secrets;
    }

    /**
     * A secret to sign with.
     *
     * @param id its number, 0 to 255, stored in front of each value
     * @param secret at least 16 bytes; copied
     */
    public static SigningKeys of(int id, byte[] secret) {
        return new SigningKeys(id, Map.of()).with(id, secret);
    }

    /** These, believing another secret as well. */
    public SigningKeys believing(int otherId, byte[] secret) {
        return with(otherId, secret);
    }

    private SigningKeys with(int added, byte[] secret) {
        if (added < 0 || added > ID_MAX || secret.length < SECRET_BYTES_MIN || secrets.containsKey(added)) {
            throw new IllegalArgumentException(
                    "a signing key needs a number of its own from 0 to %d and at least %d bytes, was number %d with %d bytes"
                            .formatted(ID_MAX, SECRET_BYTES_MIN, added, secret.length));
        }
        Map<Integer, byte[]> more = new LinkedHashMap<>(secrets);
        more.put(added, secret.clone());
        return new SigningKeys(id, more);
    }

    /** The number of the secret to sign with. */
    int id() {
        return id;
    }

    /** A secret; not to be changed. */
    byte @Nullable [] secret(int wanted) {
        return secrets.get(wanted);
    }
}
