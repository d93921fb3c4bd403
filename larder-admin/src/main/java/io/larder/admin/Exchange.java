package io.larder.admin;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** One connection: a request, its answer, and the peer's end. Of the loop's thread alone. */
final class Exchange {
    static final int REQUEST_BYTES_MAX = 8192;

    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer received = ByteBuffer.allocate(REQUEST_BYTES_MAX);
    private @Nullable ByteBuffer answer;
    private long beganNanos;

    Exchange(SocketChannel channel, Selector selector, long nowNanos) throws IOException {
        channel.configureBlocking(false);
        this.channel = channel;
        key = channel.register(selector, SelectionKey.OP_READ, this);
        beganNanos = nowNanos;
    }

    /** How long the peer has been asking, or taking the answer. */
    long ageNanos(long nowNanos) {
        return nowNanos - beganNanos;
    }

    /** Goes as far as it can without waiting; {@code true} when it is over. */
    boolean proceed(Pages pages, long nowNanos) throws IOException {
        if (answer == null) {
            if (channel.read(received) < 0) {
                return true;
            }
            byte[] bytes = pages.answer(received);
            if (bytes == null) {
                return false;
            }
            answer = ByteBuffer.wrap(bytes);
            beganNanos = nowNanos;
        }
        return give(answer);
    }

    private boolean give(ByteBuffer bytes) throws IOException {
        if (bytes.hasRemaining()) {
            channel.write(bytes);
            if (bytes.hasRemaining()) {
                key.interestOps(SelectionKey.OP_WRITE);
                return false;
            }
            channel.shutdownOutput();
            key.interestOps(SelectionKey.OP_READ);
        }
        received.clear(); // to close with bytes unread would reset the connection, and the peer could lose the answer
        return channel.read(received) < 0;
    }

    void close() {
        try {
            channel.close();
        } catch (IOException e) {
            key.cancel(); // the peer is gone already
        }
    }
}
