package io.larder.client;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/** A wire of which every request and reply is told in a line, without its value. */
final class LoggedWire implements Wire {
    private final Wire wire;
    private final WireLines requests;
    private final WireLines replies;

    LoggedWire(Node node, Wire wire, Consumer<String> log) {
        this.wire = wire;
        this.requests = new WireLines(line -> tell(log, node + " < " + line));
        this.replies = new WireLines(line -> tell(log, node + " > " + line));
    }

    @Override
    public int read(byte[] into, int offset, int length, int millis) throws IOException {
        int read = wire.read(into, offset, length, millis);
        if (read > 0) {
            replies.add(into, offset, read);
        }
        return read;
    }

    @Override
    public void write(ByteBuffer bytes, boolean mayWait) throws IOException {
        int start = bytes.position();
        int offset = bytes.arrayOffset() + start;
        wire.write(bytes, mayWait);
        requests.add(bytes.array(), offset, bytes.position() - start);
    }

    @Override
    public void close() throws IOException {
        wire.close();
    }

    /** A log that fails must not break the connection. */
    private static void tell(Consumer<String> log, String line) {
        try {
            log.accept(line);
        } catch (RuntimeException e) {
            // the call goes on; there is nobody to tell
        }
    }
}
