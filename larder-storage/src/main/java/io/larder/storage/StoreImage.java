package io.larder.storage;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * What an orderly stop leaves beside the {@link StoreFile}, and the next start takes up: clocks, segments, and the slots of
 * the index as they are, so that no record has to be read.
 *
 * <pre>
 *  magic | version | file id | seed | chunks | clock seconds | wall millis | last order | last token | flushed order | items
 *  | pending flush seconds, -1 none | segments: count, then id, order, base, tail, live, last deadline, main, lifetime each
 *  | for each chunk: count, then slots | CRC-32C of all before
 * </pre>
 *
 * The image is removed before the store writes anything: after a kill there is none, and the store starts empty.
 */
final class StoreImage {
    static final long MAGIC = 0x4c41_5244_4552_4931L; // "LARDERI1"
    static final int VERSION = 1;

    private final Path path;
    private final long fileId;

    StoreImage(Path storeFile, long fileId) {
        path = storeFile.resolveSibling(storeFile.getFileName() + ".image");
        this.fileId = fileId;
    }

    /** Writes the image of a store at rest; it appears whole or not at all. */
    void save(SegmentStore store, long wallMillis) {
        Path draft = path.resolveSibling(path.getFileName() + ".draft");
        CRC32C sum = new CRC32C();
        try (DataOutputStream out = new DataOutputStream(
                new CheckedOutputStream(new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16), sum))) {
            out.writeLong(MAGIC);
            out.writeInt(VERSION);
            out.writeLong(fileId);
            store.saveTo(out, wallMillis);
            out.writeLong(sum.getValue());
            out.flush();
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StoreFileException(
                    "store image %s not written: %s; the next start is empty".formatted(path, e.getMessage()), e);
        }
    }

    /** Loads the image into an empty store if there is a whole one of this file, and removes it; answers whether there was. */
    boolean load(SegmentStore store, long wallMillis) {
        if (!Files.exists(path)) {
            return false;
        }
        try {
            boolean whole = isWhole();
            if (whole) {
                try (DataInputStream in = open(Files.newInputStream(path))) {
                    whole = isOurs(in) && store.loadFrom(in, wallMillis);
                }
            }
            Files.delete(path);
            return whole;
        } catch (IOException e) {
            throw new StoreFileException(
                    "store image %s not read: %s; remove it to start empty".formatted(path, e.getMessage()), e);
        }
    }

    private boolean isOurs(DataInputStream in) throws IOException {
        return in.readLong() == MAGIC && in.readInt() == VERSION && in.readLong() == fileId;
    }

    private boolean isWhole() throws IOException {
        long size = Files.size(path);
        CRC32C sum = new CRC32C();
        try (CheckedInputStream in =
                        new CheckedInputStream(new BufferedInputStream(Files.newInputStream(path), 1 << 16), sum);
                DataInputStream data = new DataInputStream(in)) {
            if (size < 2 * Long.BYTES) {
                return false;
            }
            in.skip(size - Long.BYTES);
            long computed = sum.getValue();
            return data.readLong() == computed;
        }
    }

    private static DataInputStream open(InputStream in) {
        return new DataInputStream(new BufferedInputStream(in, 1 << 16));
    }
}
