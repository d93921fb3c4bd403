package io.larder.client;

import java.util.Locale;

/** What a client speaks to its nodes. */
public enum Protocol {
    /** Meta commands to every node that has them, the classic text protocol to the others. */
    AUTO,
    /** Meta commands; a node without them counts as unavailable. */
    META,
    /** The classic text protocol, and nothing is asked before the first request. */
    TEXT;

    private final String word = name().toLowerCase(Locale.ROOT);

    /** The name in URLs: {@code auto}, {@code meta}, {@code text}. */
    public String word() {
        return word;
    }
}
