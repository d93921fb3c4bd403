package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.Printable;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file of {@code -P}: the number of the process, while it runs. As with memcached, trouble with it stops nothing. */
final class PidFile {
    private static final int BYTES_MAX = 32;

    private final Path path;
    private final PrintStream err;

    PidFile(Path path, PrintStream err) {
        this.path = path;
        this.err = err;
    }

    /** Writes the number; the file appears whole. Says so if it tells of a process that runs. */
    void write(long pid) {
        sayIfOfAnother(pid);
        try {
            appear(path, pid + "\n");
        } catch (IOException e) {
            err.println("larder serve -P %s: cannot write it: %s; the server runs without"
                    .formatted(Printable.of(path.toString()), reason(e)));
        }
    }

    /** Takes the file away at an orderly end. */
    void remove() {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            err.println("larder serve -P %s: cannot remove it: %s".formatted(Printable.of(path.toString()), reason(e)));
        }
    }

    private void sayIfOfAnother(long pid) {
        try {
            if (!Files.isRegularFile(path) || Files.size(path) > BYTES_MAX) {
                return;
            }
            long old = Long.parseLong(Files.readString(path, US_ASCII).strip());
            boolean runs = old != pid
                    && ProcessHandle.of(old).map(ProcessHandle::isAlive).orElse(false);
            if (runs) {
                err.println("larder serve -P %s: it held the number of process %d, which runs; it is overwritten"
                        .formatted(Printable.of(path.toString()), old));
            }
        } catch (IOException | NumberFormatException e) {
            return; // no number to warn of; writing will tell if something is wrong
        }
    }

    /** In words, since the JDK's message is often only the path. */
    static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "no right to";
        }
        if (e instanceof NoSuchFileException) {
            return "no such folder";
        }
        return Printable.of(String.valueOf(e.getMessage()));
    }

    /** Writes a file so that readers see all of it or none. */
    static void appear(Path path, String text) throws IOException {
        Path draft = path.resolveSibling(path.getFileName() + ".tmp");
        Files.writeString(draft, text, US_ASCII);
        try {
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(draft);
            throw e;
        }
    }
}
