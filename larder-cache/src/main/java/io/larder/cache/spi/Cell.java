package io.larder.cache.spi;

/** What {@link Cells} hold under a key at one moment. The bytes belong to whoever asked for them. */
public final class Cell {
    private final byte[] bytes;
    private final long version;

    /**
     * A cell's state.
     *
     * @param version tells this state of the cell from all others it has had
     */
    public Cell(byte[] bytes, long version) {
        this.bytes = bytes;
        this.version = version;
    }

    /** Its value. */
    public byte[] bytes() {
        return bytes;
    }

    /** Only the store that gave it knows its meaning. */
    public long version() {
        return version;
    }
}
