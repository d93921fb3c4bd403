package io.larder.client;

import java.util.Locale;

/** What becomes of a call when its connection has as many requests in flight as {@link Limits} allow. Nothing is sent then. */
public enum BackPressure {
    /** Blocking calls wait as with {@link #BLOCK}, futures fail as with {@link #REJECT}. The default. */
    AUTO,

    /**
     * Calls wait for room until their deadline, and fail with {@link OverloadedException} then. Methods of {@link AsyncView} block
     * the thread that calls them for so long, which slows down who starts too much.
     */
    BLOCK,

    /** Calls fail at once with {@link OverloadedException}; those on many keys, if they find no room for a single request. */
    REJECT;

    /** The name in URLs: {@code auto}, {@code block}, {@code reject}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
