package io.larder.storage;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * What an orderly stop leaves beside the {@link StoreFile}, and the next start takes up: clocks, segments, and the slots of
 * the index as they are, so that no record has to be read.
 *
 * <pre>
 *  {@link ImageHeader} | a {@link SegmentHeader} each | for each chunk: count (4), then its slots (8 each) | CRC-32C of all before (8)
 * </pre>
 *
 * The image is removed before the store writes anything: after a kill there is none, and the store starts empty.
 */
final class StoreImage {
    private static final long MILLIS = 1_000;

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
            write(store, wallMillis, out);
            out.writeLong(sum.getValue());
            out.flush();
            Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StoreFileException(
                    "store image %s not written: %s; the next start is empty".formatted(path, e.getMessage()), e);
        }
    }

    private void write(SegmentStore store, long wallMillis, DataOutputStream out) throws IOException {
        List<Segment> sealed = Arrays.stream(store.segments.all())
                .filter(segment -> segment.state() == Segment.State.SEALED)
                .toList();
        ByteBuffer header = ByteBuffer.allocate(ImageHeader.BYTES);
        header.putLong(ImageHeader.MAGIC, ImageHeader.MAGIC_VALUE);
        header.putInt(ImageHeader.VERSION, ImageHeader.VERSION_VALUE);
        header.putLong(ImageHeader.FILE_ID, fileId);
        header.putLong(ImageHeader.SEED, store.seed);
        header.putInt(ImageHeader.CHUNKS, store.index.chunks());
        header.putLong(ImageHeader.CLOCK_SECONDS, store.clock.seconds());
        header.putLong(ImageHeader.WALL_MILLIS, wallMillis);
        header.putLong(ImageHeader.LAST_ORDER, store.log.lastOrder());
        header.putLong(ImageHeader.LAST_TOKEN, store.lastToken());
        header.putLong(ImageHeader.ITEMS, store.board.sum(Counters.Kind.ITEMS));
        header.putLong(ImageHeader.ITEM_BYTES, store.board.sum(Counters.Kind.ITEM_BYTES));
        store.flushed.saveTo(header);
        header.putInt(ImageHeader.SEGMENTS, sealed.size());
        out.write(header.array());
        ByteBuffer segmentHeader = ByteBuffer.allocate(SegmentHeader.BYTES);
        for (Segment segment : sealed) {
            segment.saveTo(segmentHeader);
            out.write(segmentHeader.array());
        }
        store.index.saveTo(out);
    }

    /**
     * Loads the image into an empty store if there is a whole one of this file, and removes it; answers whether there was.
     *
     * @throws StoreFileException if it is whole and of another version; nothing is touched then
     */
    boolean load(SegmentStore store, long wallMillis) {
        if (!Files.exists(path)) {
            return false;
        }
        try {
            boolean whole = isWhole();
            if (whole) {
                try (DataInputStream in = open(Files.newInputStream(path))) {
                    whole = read(store, wallMillis, in);
                }
            }
            Files.delete(path);
            return whole;
        } catch (IOException e) {
            throw new StoreFileException(
                    "store image %s not read: %s; remove it to start empty".formatted(path, e.getMessage()), e);
        }
    }

    /** Answers false, and changes nothing, where the image is of another file. */
    private boolean read(SegmentStore store, long nowMillis, DataInputStream in) throws IOException {
        ByteBuffer header = readBytes(in, ImageHeader.BYTES);
        if (header.getLong(ImageHeader.MAGIC) != ImageHeader.MAGIC_VALUE
                || header.getLong(ImageHeader.FILE_ID) != fileId) {
            return false;
        }
        checkVersion(header.getInt(ImageHeader.VERSION));
        if (header.getInt(ImageHeader.CHUNKS) != store.index.chunks()) {
            return false;
        }
        store.seed = header.getLong(ImageHeader.SEED);
        // up to the next second: what was stored must not live longer than it was told to
        long away = Math.max(0, (nowMillis - header.getLong(ImageHeader.WALL_MILLIS) + MILLIS - 1) / MILLIS);
        store.clock.goOnFrom(header.getLong(ImageHeader.CLOCK_SECONDS) + away);
        store.log.startAfter(header.getLong(ImageHeader.LAST_ORDER));
        store.startTokensAfter(header.getLong(ImageHeader.LAST_TOKEN));
        Counters counters = store.board.open();
        counters.add(Counters.Kind.ITEMS, header.getLong(ImageHeader.ITEMS));
        counters.add(Counters.Kind.ITEM_BYTES, header.getLong(ImageHeader.ITEM_BYTES));
        store.flushed.loadFrom(header, away);
        for (int left = header.getInt(ImageHeader.SEGMENTS); left > 0; left--) {
            ByteBuffer segment = readBytes(in, SegmentHeader.BYTES);
            Segment restored = store.segments.restore(segment.getInt(SegmentHeader.NUMBER));
            restored.loadFrom(segment);
            store.worth.inflateTo(restored.inflation);
        }
        store.index.loadFrom(in);
        return true;
    }

    private void checkVersion(int version) {
        if (version != ImageHeader.VERSION_VALUE) {
            throw new StoreFileException("store image %s has format %d, this version reads %d; remove it to start empty"
                    .formatted(path, version, ImageHeader.VERSION_VALUE));
        }
    }

    private static ByteBuffer readBytes(DataInputStream in, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        in.readFully(bytes.array());
        return bytes;
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
