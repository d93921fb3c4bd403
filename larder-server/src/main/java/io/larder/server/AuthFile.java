package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Users and passwords from a file of lines {@code user:password}. Read again, it leaves what was known where it has become
 * unreadable. Only digests are kept. Thread-safe.
 */
final class AuthFile {
    /** Largest file, in bytes. */
    static final int FILE_BYTES_MAX = 64 << 10;

    private final Path file;
    private final ServerLog log;
    private volatile Content content;

    /** @param modified of the file when it was read */
    private record Content(FileTime modified, List<byte[]> digests) {}

    private AuthFile(Path file, ServerLog log, Content content) {
        this.file = file;
        this.log = log;
        this.content = content;
    }

    /**
     * Reads a file.
     *
     * @throws LarderException if it cannot be read, is too large, or holds a line that is not of that form
     */
    static AuthFile open(Path file, ServerLog log) {
        return new AuthFile(file, log, read(file));
    }

    /** Whether that user has that password. Takes as long whichever of the two is wrong. */
    boolean accepts(byte[] user, byte[] password) {
        byte[] asked = digest(user, password);
        boolean accepted = false;
        for (byte[] known : content.digests) {
            accepted |= MessageDigest.isEqual(known, asked); // every line is compared, and each to its end
        }
        return accepted;
    }

    /**
     * Reads the file again.
     *
     * @throws LarderException if it cannot be used; what was known stays
     */
    void reload() {
        content = read(file);
    }

    /** Reads the file again if it has changed and can be used. */
    void reloadIfChanged() {
        try {
            if (!Files.getLastModifiedTime(file).equals(content.modified)) {
                reload();
            }
        } catch (IOException | LarderException e) {
            log.connection(0, "passwords stay as they were: " + e.getMessage());
        }
    }

    private static Content read(Path file) {
        try {
            if (Files.size(file) > FILE_BYTES_MAX) {
                throw new LarderException("password file %s is larger than %d bytes; give one of lines user:password"
                        .formatted(name(file), FILE_BYTES_MAX));
            }
            FileTime modified = Files.getLastModifiedTime(file);
            return new Content(modified, parse(file, Files.readString(file, ISO_8859_1)));
        } catch (NoSuchFileException e) {
            throw new LarderException(
                    "password file %s is not there; write lines user:password into it".formatted(name(file)), e);
        } catch (IOException e) {
            throw new LarderException(
                    "password file %s cannot be read: %s; make it readable for the user who runs the server"
                            .formatted(name(file), FileProblem.of(e)),
                    e);
        }
    }

    private static List<byte[]> parse(Path file, String text) {
        List<byte[]> digests = new ArrayList<>();
        String[] lines = text.split("\r?\n", -1);
        for (int i = 0; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon > 0) {
                digests.add(digest(bytes(lines[i].substring(0, colon)), bytes(lines[i].substring(colon + 1))));
            } else if (!lines[i].isBlank()) {
                throw new LarderException("line %d of password file %s is not of the form user:password"
                        .formatted(i + 1, name(file))); // never the line itself
            }
        }
        if (digests.isEmpty()) {
            throw new LarderException(
                    "password file %s names no user; write lines user:password into it".formatted(name(file)));
        }
        return List.copyOf(digests);
    }

    private static String name(Path file) {
        return Printable.of(file.toString());
    }

    private static byte[] digest(byte[] user, byte[] password) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(user);
            sha.update((byte) 0); // parts them: neither holds a zero byte
            return sha.digest(password);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
