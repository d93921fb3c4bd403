package io.larder.server;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What a connection speaks: takes requests out of its bytes and carries them out. The first byte chooses it
 * ({@link Protocols}), for the life of the connection. Confined to the event loop.
 */
interface Protocol {
    /** What {@link #next} did. */
    enum Progress {
        /** Nothing whole is there. */
        INCOMPLETE,
        /** A request, or one key of many, was served. */
        SERVED,
        /** A request was served whose answer goes on: {@link #takeFeed} has the rest of it. */
        FEED,
        /** It was the last: close when the replies have gone. */
        CLOSE
    }

    /** The next requests lie in {@code in} and come from that connection. */
    void begin(ByteBuffer in, long connectionId);

    /** Serves one request of the bytes given to {@link #begin}. */
    Progress next(ByteBuffer in) throws IOException;

    /** After {@link Progress#FEED}. */
    default Feed takeFeed() {
        throw new IllegalStateException("no answer goes on");
    }

    /** After {@link Progress#INCOMPLETE}: size of the request from the position of the bytes on, 0 where it is not known. */
    int bytesNeeded();

    /** Gives a request up whose size is known, for want of memory: refuses it, and passes over what is still to come. */
    void giveUp(int bytesSeen) throws IOException;
}
