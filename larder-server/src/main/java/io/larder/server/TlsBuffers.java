package io.larder.server;

import java.nio.ByteBuffer;

/** What the TLS connections of one event loop share: each uses it within its turn and leaves nothing in it. */
final class TlsBuffers {
    /** Largest record that the JDK reads or writes, with room to spare. */
    static final int RECORD_BYTES_MAX = 33 << 10;

    private static final int BYTES = 128 << 10;

    /** From the socket. */
    final ByteBuffer cipherIn = ByteBuffer.allocateDirect(BYTES);

    /** For the socket. */
    final ByteBuffer cipherOut = ByteBuffer.allocateDirect(BYTES);

    /** The end of a record whose beginning filled the buffer it was read into. */
    final ByteBuffer spill = ByteBuffer.allocate(RECORD_BYTES_MAX);

    /** Nothing to encipher, in a handshake. */
    final ByteBuffer nothing = ByteBuffer.allocate(0);
}
