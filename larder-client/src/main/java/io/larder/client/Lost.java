package io.larder.client;

import org.jspecify.annotations.Nullable;

/**
 * Why there is no connection (any more). Shared by all calls that fail of it, each of which makes its own exception.
 *
 * @param what what the node did, to stand behind its name: {@code "closed the connection"}
 * @param advice what to do
 * @param cause of the I/O, if that failed
 * @param unproven whether the connection was idle before, and the node has said nothing since
 */
record Lost(String what, String advice, @Nullable Throwable cause, boolean unproven) {
    Lost(String what, String advice, @Nullable Throwable cause) {
        this(what, advice, cause, false);
    }

    Lost asUnproven() {
        return new Lost(what, advice, cause, true);
    }
}
