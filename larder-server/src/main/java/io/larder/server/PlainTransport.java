package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;

/** The socket itself. */
final class PlainTransport extends Transport {
    private final SocketChannel channel;

    PlainTransport(SocketChannel channel) {
        this.channel = channel;
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        return channel.read(into);
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
