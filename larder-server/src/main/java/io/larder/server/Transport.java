package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * How the bytes of one connection pass between it and its socket: as they are, or through a cipher. Confined to the event loop.
 *
 * <p>A class and not an interface, so that a server with one kind calls it directly.
 */
abstract class Transport {
    /** Reads what is there: the number of bytes, 0 where nothing has come, -1 at the end of the stream. */
    abstract int read(ByteBuffer into) throws IOException;

    /** Writes what the socket takes, from the position on; answers how many of these bytes need not be given again. */
    abstract int write(ByteBuffer bytes) throws IOException;

    /** Whether {@link #read} has something that the socket will not announce any more. */
    abstract boolean holdsInput();

    /** Whether bytes taken by {@link #write} have not left yet. */
    abstract boolean holdsOutput();

    /** Whether something of the budget is taken for what has come in part. */
    abstract boolean holdsMemory();

    /** Sends what is held, as far as the socket takes it; answers how many bytes that was. */
    abstract int flush() throws IOException;

    /** Goes on after a step on another thread; false where there was none. */
    abstract boolean resume();

    /** What to wait for when there is nothing to write: operations of a {@link java.nio.channels.SelectionKey}. */
    abstract int interestOps();

    abstract boolean isOpen();

    /** Gives back what is held and closes the socket, without waiting for the peer. */
    abstract void close() throws IOException;
}
