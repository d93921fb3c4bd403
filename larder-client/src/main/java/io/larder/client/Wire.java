package io.larder.client;

import java.io.Closeable;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** The bytes of a connection. One thread at a time reads, one at a time writes; closing by any thread ends both. */
interface Wire extends Closeable {
    /**
     * Reads what is there, and waits for it if there is nothing.
     *
     * @param millis at least 1
     * @return number of bytes; -1 once the node has closed the connection
     * @throws SocketTimeoutException if nothing came in time
     */
    int read(byte[] into, int offset, int length, int millis) throws IOException;

    /**
     * Writes bytes from position to limit, and moves the position.
     *
     * @param mayWait whether to wait until all have room in the buffers of the operating system; where not, some may remain
     */
    void write(ByteBuffer bytes, boolean mayWait) throws IOException;
}
