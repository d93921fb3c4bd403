package io.larder.server;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** A socket that sends in pieces of at most so many bytes. */
final class ChoppedSocket extends Socket {
    private final int chunk;

    ChoppedSocket(int chunk) {
        this.chunk = chunk;
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new FilterOutputStream(super.getOutputStream()) {
            @Override
            public void write(byte[] bytes, int from, int length) throws IOException {
                for (int at = 0; at < length; at += chunk) {
                    out.write(bytes, from + at, Math.min(chunk, length - at));
                }
            }
        };
    }
}
