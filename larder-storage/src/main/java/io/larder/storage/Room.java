package io.larder.storage;

/** Room for one record, taken from a segment; its holder writes there and says {@link Segment#writerDone}. */
final class Room {
    /** Of number 0 before the first use. */
    Segment segment = NONE;

    int offset;
    int bytes;

    private static final Segment NONE = new Segment(0);

    long location() {
        return Slot.location(segment.id, offset);
    }
}
