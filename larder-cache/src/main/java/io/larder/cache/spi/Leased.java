package io.larder.cache.spi;

/** What {@link Leases} found under a key. */
public sealed interface Leased {
    /** Nothing, and no lease: the store gives none for this key, or was not asked for one. */
    Leased NOTHING = new None();

    /** The token of a value that the store does not compare: who loads anew stores over whatever is there. */
    long INCOMPARABLE = 0;

    /**
     * A value, whose bytes belong to whoever asked.
     *
     * @param cell the value, and as its version the token of this state, or {@link #INCOMPARABLE}
     */
    record Value(Cell cell) implements Leased {
        /** Its bytes. */
        public byte[] bytes() {
            return cell.bytes();
        }

        /** Its token. */
        public long token() {
            return cell.version();
        }
    }

    /**
     * Nothing; the caller is given a lease, and shall load.
     *
     * @param token of this lease
     */
    record Granted(long token) implements Leased {}

    /**
     * Nothing; another has a lease, and loads.
     *
     * @param token of that lease: who stores by it all the same makes the other's value come too late
     */
    record Promised(long token) implements Leased {}

    /** See {@link Leased#NOTHING}. */
    record None() implements Leased {}
}
