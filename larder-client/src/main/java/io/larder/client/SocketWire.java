package io.larder.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;

/**
 * TCP, plain or by TLS. The streams of a {@link Socket} and not a channel: interrupting a platform thread that reads or writes a
 * channel closes it for everybody.
 */
final class SocketWire implements Wire {
    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Of who reads. */
    private int soTimeoutMillis;

    SocketWire(Socket socket) throws IOException {
        this.socket = socket;
        this.in = socket.getInputStream();
        this.out = socket.getOutputStream();
    }

    @Override
    public int read(byte[] into, int offset, int length, int millis) throws IOException {
        if (millis != soTimeoutMillis) {
            socket.setSoTimeout(millis);
            soTimeoutMillis = millis;
        }
        return in.read(into, offset, length);
    }

    /** Writes all of it in any case: as little as callers write without waiting always has room, see {@link Pipeline}. */
    @Override
    public void write(ByteBuffer bytes, boolean mayWait) throws IOException {
        out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
        bytes.position(bytes.limit());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
