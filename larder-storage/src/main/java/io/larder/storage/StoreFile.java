package io.larder.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The mapped file whose pages are the segments. One process at a time; thread rule as {@link SegmentMemory}.
 *
 * <pre>
 *     0 {@link FileHeader}
 *  4096 segment 1 | segment 2 | ...          the file grows, sparse, as segments are used
 * </pre>
 *
 * What is where in the segments is not in this file but in the {@link StoreImage} that an orderly stop leaves beside it.
 */
final class StoreFile implements SegmentMemory, AutoCloseable {
    private static final long WINDOW_BYTES = 64 << 20;

    private final Path path;
    private final FileChannel channel;
    private final int segmentBytes;
    private final List<MappedByteBuffer> windows = new ArrayList<>();
    private long id;

    private StoreFile(Path path, FileChannel channel, int segmentBytes) {
        this.path = path;
        this.channel = channel;
        this.segmentBytes = segmentBytes;
    }

    /**
     * Opens or creates the file.
     *
     * @param newId the identity of a file that does not exist yet
     * @throws StoreFileException if it is in use, not a store's, or of another version or size
     */
    static StoreFile open(Path path, int segmentBytes, long storeBytes, long newId) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            StoreFile file = new StoreFile(path, channel, segmentBytes);
            file.lock();
            file.checkOrWriteHeader(storeBytes, newId);
            return file;
        } catch (IOException e) {
            close(channel);
            throw new StoreFileException(
                    "cannot open store file %s: %s; check the path and its rights".formatted(path, e.getMessage()), e);
        } catch (StoreFileException e) {
            close(channel);
            throw e;
        }
    }

    /** Written into the file when it was created, and into each image of it. */
    long id() {
        return id;
    }

    @Override
    public ByteBuffer of(int segment) {
        int perWindow = (int) (WINDOW_BYTES / segmentBytes);
        int window = (segment - 1) / perWindow;
        while (windows.size() <= window) {
            windows.add(map(FileHeader.BYTES + windows.size() * WINDOW_BYTES));
        }
        int offset = (segment - 1) % perWindow * segmentBytes;
        return windows.get(window).slice(offset, segmentBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** The pages stay mapped, and the segment's number is used again before the file grows. */
    @Override
    public void giveBack(ByteBuffer memory) {}

    private MappedByteBuffer map(long position) {
        try {
            return channel.map(FileChannel.MapMode.READ_WRITE, position, WINDOW_BYTES);
        } catch (IOException e) {
            throw new StoreFileException(
                    "cannot map %d more bytes of store file %s: %s; is the disk full?"
                            .formatted(WINDOW_BYTES, path, e.getMessage()),
                    e);
        }
    }

    /** Writes all segments through to the disk. */
    void force() {
        windows.forEach(MappedByteBuffer::force);
    }

    @Override
    public void close() {
        close(channel);
    }

    private static void close(@Nullable FileChannel channel) {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            throw new StoreFileException("cannot close a store file: " + e.getMessage(), e);
        }
    }

    private void lock() throws IOException {
        FileLock lock;
        try {
            lock = channel.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            throw new StoreFileException(
                    "store file %s is in use; stop the other store or name another file".formatted(path));
        }
    }

    private void checkOrWriteHeader(long storeBytes, long newId) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(FileHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (channel.size() == 0) {
            header.putLong(FileHeader.MAGIC, FileHeader.MAGIC_VALUE);
            header.putInt(FileHeader.VERSION, FileHeader.VERSION_VALUE);
            header.putInt(FileHeader.SEGMENT_BYTES, segmentBytes);
            header.putLong(FileHeader.STORE_BYTES, storeBytes);
            header.putLong(FileHeader.FILE_ID, newId);
            channel.write(header, 0);
            id = newId;
            return;
        }
        int read = channel.read(header, 0);
        if (read < FileHeader.BYTES || header.getLong(FileHeader.MAGIC) != FileHeader.MAGIC_VALUE) {
            throw new StoreFileException("%s is not a store file; name another one".formatted(path));
        }
        if (header.getInt(FileHeader.VERSION) != FileHeader.VERSION_VALUE) {
            throw new StoreFileException("store file %s has format %d, this version reads %d; remove it to start empty"
                    .formatted(path, header.getInt(FileHeader.VERSION), FileHeader.VERSION_VALUE));
        }
        if (header.getLong(FileHeader.STORE_BYTES) != storeBytes) {
            throw new StoreFileException(
                    "store file %s was made for %d bytes, not %d; start with that size or remove it"
                            .formatted(path, header.getLong(FileHeader.STORE_BYTES), storeBytes));
        }
        if (header.getInt(FileHeader.SEGMENT_BYTES) != segmentBytes) {
            throw new StoreFileException(
                    "store file %s has segments of %d bytes, not %d, because the largest value was another; start with that limit or remove it"
                            .formatted(path, header.getInt(FileHeader.SEGMENT_BYTES), segmentBytes));
        }
        id = header.getLong(FileHeader.FILE_ID);
    }
}
