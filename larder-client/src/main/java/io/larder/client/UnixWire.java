package io.larder.client;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A unix socket. Its channel does not block: so an interrupt does not close it, and waiting is left to selectors, which know time
 * limits where channels have none. Reader and writer have a selector each.
 */
final class UnixWire implements Wire {
    /** The JDK copies heap buffers into memory it keeps for each thread. */
    private static final int WRITE_BYTES_MAX = 64 << 10;

    private final SocketChannel channel;
    private final Selector readable;
    private final Selector writable;

    private UnixWire(SocketChannel channel, Selector readable, Selector writable) {
        this.channel = channel;
        this.readable = readable;
        this.writable = writable;
    }

    /**
     * Connects. Never waits: a node whose queue of connections is full counts as one that does not accept them.
     *
     * @throws NoSuchFileException if there is no socket
     * @throws AccessDeniedException if this process may not use it
     */
    static UnixWire connect(Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.configureBlocking(false);
            channel.connect(UnixDomainSocketAddress.of(path));
            Selector readable = select(channel, SelectionKey.OP_READ);
            try {
                return new UnixWire(channel, readable, select(channel, SelectionKey.OP_WRITE));
            } catch (IOException | RuntimeException e) {
                readable.close();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            if (Files.notExists(path)) {
                throw new NoSuchFileException(path.toString());
            }
            if (!Files.isWritable(path)) {
                throw new AccessDeniedException(path.toString());
            }
            throw e;
        }
    }

    private static Selector select(SocketChannel channel, int operation) throws IOException {
        Selector selector = Selector.open();
        channel.register(selector, operation);
        return selector;
    }

    @Override
    public int read(byte[] into, int offset, int length, int millis) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, offset, length);
        int read = channel.read(buffer);
        if (read == 0) {
            await(readable, millis);
            read = channel.read(buffer);
        }
        if (read == 0) {
            throw new SocketTimeoutException("nothing came");
        }
        return read;
    }

    @Override
    public void write(ByteBuffer bytes, boolean mayWait) throws IOException {
        int end = bytes.limit();
        try {
            while (bytes.position() < end) {
                bytes.limit(Math.min(end, bytes.position() + WRITE_BYTES_MAX));
                if (channel.write(bytes) == 0) {
                    if (!mayWait) {
                        return;
                    }
                    await(writable, 0);
                }
            }
        } finally {
            bytes.limit(end);
        }
    }

    /** Waits until the channel is ready, the time is over, the thread is interrupted or this is closed; 0 millis: for ever. */
    private static void await(Selector selector, int millis) throws IOException {
        try {
            selector.select(millis);
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() throws IOException {
        try (readable;
                writable;
                channel) {
            // each of them, also where another does not close
        }
    }
}
