package io.larder.server;

import java.io.IOException;

/**
 * An answer that goes on: a dump, a watch. Its connection asks it for a bounded slice at a time, whenever the peer has taken what
 * was sent before, and serves no requests until it is done. Confined to the event loop, but for what it says otherwise.
 */
interface Feed {
    enum State {
        /** There is more at once. */
        MORE,
        /** Nothing for now; somebody calls the {@link #begin waker} when there is. */
        IDLE,
        /** That was all. */
        DONE
    }

    /**
     * Before the first slice.
     *
     * @param waker to be called, on any thread, when something comes after {@link State#IDLE}
     */
    void begin(Runnable waker);

    /** Puts a slice into the replies: at most about {@value #SLICE_BYTES_MAX} bytes. */
    State next(Replies replies) throws IOException;

    /** The connection has gone, or the feed is done. */
    void end();

    /** Bound of a slice. */
    int SLICE_BYTES_MAX = 48 << 10;
}
