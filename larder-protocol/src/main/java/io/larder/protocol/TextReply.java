package io.larder.protocol;

/**
 * One piece of a reply, as a client reads it. In the classic text protocol a retrieval is answered by any number of
 * {@link Value}s and {@link Status#END}, {@code stats} by {@link Stat}s and {@link Status#END}; everything else by one piece.
 * A meta command is answered by one {@link MetaReply}.
 */
public sealed interface TextReply
        permits TextReply.Status,
                TextReply.Value,
                TextReply.Count,
                TextReply.Stat,
                TextReply.Version,
                TextReply.DumpedKey,
                TextReply.Failure,
                MetaReply {
    /** Lines that are one fixed word. */
    enum Status implements TextReply {
        STORED,
        NOT_STORED,
        EXISTS,
        NOT_FOUND,
        DELETED,
        TOUCHED,
        OK,
        RESET,
        END
    }

    /** An item. The arrays are handed over: nobody else holds them. */
    final class Value implements TextReply {
        private final byte[] key;
        private final int flags;
        private final byte[] data;
        private final long cas;

        Value(byte[] key, int flags, byte[] data, long cas) {
            this.key = key;
            this.flags = flags;
            this.data = data;
            this.cas = cas;
        }

        public byte[] key() {
            return key;
        }

        /** An unsigned 32-bit number. */
        public int flags() {
            return flags;
        }

        public byte[] data() {
            return data;
        }

        /** The CAS token, an unsigned 64-bit number; 0 where the request did not ask for it. */
        public long cas() {
            return cas;
        }
    }

    /**
     * The answer of a counter.
     *
     * @param value an unsigned 64-bit number
     */
    record Count(long value) implements TextReply {}

    /** One line of {@code stats}. */
    record Stat(String name, String value) implements TextReply {}

    /**
     * One line of {@code lru_crawler metadump}.
     *
     * @param text what stands behind {@code key=}: the key percent-encoded, then words like {@code exp=-1}
     */
    record DumpedKey(String text) implements TextReply {}

    /** The answer to {@code version}. */
    record Version(String text) implements TextReply {}

    /**
     * An error line.
     *
     * @param kind what is to be done about it
     * @param line the line as sent, foreign text: escape it before it is shown
     */
    record Failure(Kind kind, String line) implements TextReply {
        /** Error lines by what they mean for the reader. */
        public enum Kind {
            /** The value exceeds the node's limit; the node has skipped it. */
            TOO_LARGE(true),
            /** The node found no memory; it has skipped the value. */
            OUT_OF_MEMORY(true),
            /** The stored value cannot be counted. */
            NOT_NUMERIC(true),
            /** Any other: more lines may follow, and nobody can tell to which request they belong. */
            OTHER(false);

            private final boolean inSync;

            Kind(boolean inSync) {
                this.inSync = inSync;
            }
        }

        /** Whether the next line surely answers the next request; otherwise the connection has to be closed. */
        public boolean inSync() {
            return kind.inSync;
        }
    }
}
