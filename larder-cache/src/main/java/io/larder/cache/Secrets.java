package io.larder.cache;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Secrets that entries outside the process are signed with, by HMAC-SHA-256: the first signs, all are believed. What none of them has
 * signed is a counted miss, and nothing of it is parsed.
 *
 * <p>To change the secret, add the new one behind the old to every process, then put it first, then leave the old one out when
 * its entries have expired. Immutable; the secrets show in no message and no text of this object.
 */
public final class Secrets {
    /** Fewest bytes of a secret. Text a person has made up needs more; {@code openssl rand -hex 32} makes a good one. */
    public static final int BYTES_MIN = 16;

    /** Most secrets at a time. */
    public static final int COUNT_MAX = 8;

    private static final int FILE_BYTES_MAX = 4096;
    private static final String ENV = "env:";
    private static final String FILE = "file:";

    private final List<byte[]> secrets;

    private Secrets(List<byte[]> secrets) {
        if (secrets.size() > COUNT_MAX) {
            throw new IllegalArgumentException("%d secrets are more than the %d that are tried; leave out the oldest"
                    .formatted(secrets.size(), COUNT_MAX));
        }
        this.secrets = secrets;
    }

    /**
     * Secrets at hand.
     *
     * @param first signs and is believed; copied
     * @param believed those of before, or of soon; copied
     * @throws IllegalArgumentException if one has fewer than {@value #BYTES_MIN} bytes, or they are more than {@value #COUNT_MAX}
     */
    public static Secrets of(byte[] first, byte[]... believed) {
        List<byte[]> all = new ArrayList<>();
        all.add(longEnough(first.clone(), "a secret"));
        for (byte[] other : believed) {
            all.add(longEnough(other.clone(), "a secret"));
        }
        return new Secrets(all);
    }

    /**
     * Secrets by reference, parted by commas: {@code env:NAME} for an environment variable, {@code file:/path} for a file of at
     * most 4 KiB, without the line end behind it. Read once, now.
     *
     * @throws IllegalArgumentException if one cannot be read or is too short; names the reference
     */
    public static Secrets parse(String references) {
        return parse(references, System::getenv);
    }

    static Secrets parse(String references, UnaryOperator<@Nullable String> environment) {
        List<byte[]> all = new ArrayList<>();
        for (String reference : references.split(",", -1)) {
            all.add(longEnough(read(reference.strip(), environment), "secret " + reference.strip()));
        }
        return new Secrets(all);
    }

    private static byte[] read(String reference, UnaryOperator<@Nullable String> environment) {
        if (reference.startsWith(ENV)) {
            String value = environment.apply(reference.substring(ENV.length()));
            if (value == null) {
                throw new IllegalArgumentException(
                        "secret %s: there is no such environment variable; set it, or write secret=file:/path"
                                .formatted(reference));
            }
            return value.getBytes(StandardCharsets.UTF_8);
        }
        if (reference.startsWith(FILE)) {
            return readFile(reference);
        }
        throw new IllegalArgumentException( // without the text, which may be the secret itself
                "a secret is given by reference; write secret=env:NAME or secret=file:/path, several with commas between");
    }

    private static byte[] readFile(String reference) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(Path.of(reference.substring(FILE.length())))) {
            bytes = in.readNBytes(FILE_BYTES_MAX + 1);
        } catch (IOException | InvalidPathException e) {
            throw new IllegalArgumentException(
                    "secret %s cannot be read: %s; name a file that this process may read"
                            .formatted(reference, e.getClass().getSimpleName()),
                    e);
        }
        if (bytes.length > FILE_BYTES_MAX) {
            throw new IllegalArgumentException(
                    "secret %s has more than %d bytes; name a file that holds the secret alone"
                            .formatted(reference, FILE_BYTES_MAX));
        }
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == '\n' || bytes[end - 1] == '\r')) {
            end--;
        }
        return Arrays.copyOf(bytes, end);
    }

    private static byte[] longEnough(byte[] secret, String what) {
        if (secret.length < BYTES_MIN) {
            throw new IllegalArgumentException("%s has %d bytes, at least %d are needed; openssl rand -hex 32 makes one"
                    .formatted(what, secret.length, BYTES_MIN));
        }
        return secret;
    }

    /** Signs and checks what is kept in one realm: a store and its prefix. */
    Seal seal(String realm) {
        return new Signature(secrets, realm);
    }

    @Override
    public String toString() {
        return "Secrets[" + secrets.size() + "]";
    }
}
