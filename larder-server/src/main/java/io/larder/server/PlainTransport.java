package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The socket itself. */
final class PlainTransport extends Transport {
    /**
     * At most read at once into a buffer on the heap. The JDK reads into memory outside it first, as much as the buffer has room
     * for, and keeps that for the thread's next read: for a large value it would be as large, beside the store's share.
     */
    static final int HEAP_READ_BYTES_MAX = 256 << 10;

    private final SocketChannel channel;

    PlainTransport(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        if (into.isDirect() || into.remaining() <= HEAP_READ_BYTES_MAX) {
            return channel.read(into);
        }
        int limit = into.limit();
        into.limit(into.position() + HEAP_READ_BYTES_MAX);
        try {
            return channel.read(into);
        } finally {
            into.limit(limit);
        }
    }

    @Override
    int write(ByteBuffer bytes) throws IOException {
        return channel.write(bytes);
    }

    @Override
    boolean holdsInput() {
        return false;
    }

    @Override
    boolean holdsOutput() {
        return false;
    }

    @Override
    boolean holdsMemory() {
        return false;
    }

    @Override
    boolean resume() {
        return false;
    }

    @Override
    int flush() {
        return 0; // it holds nothing
    }

    @Override
    int interestOps() {
        return SelectionKey.OP_READ;
    }

    @Override
    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    void close() throws IOException {
        channel.close();
    }
}
