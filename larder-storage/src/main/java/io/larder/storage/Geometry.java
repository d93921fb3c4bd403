package io.larder.storage;

/**
 * The sizes a store of so many bytes has.
 *
 * @param segmentBytes a power of two; about a thousandth of the store, so that evicting one is a small step, and large enough
 *     for the list of the largest value's parts
 * @param chunks of the index, a power of two
 * @param lifetimes classes of TTL kept apart; fewer in a small store, since each has an open segment
 * @param lanes sets of open segments, so that writers seldom meet
 * @param partBytesMin least part of a large value worth a header
 * @param largeBytes records above this are cut into parts, so that little is wasted at the end of a segment
 */
record Geometry(int segmentBytes, int chunks, int lifetimes, int lanes, int partBytesMin, int largeBytes) {
    private static final int SEGMENTS_AIM = 1024;
    private static final int SEGMENT_BYTES_MIN = 4 << 10;
    private static final int SEGMENT_BYTES_MAX = 1 << 20;
    private static final long CHUNK_SHARE_BYTES = 512 << 10;
    private static final int CHUNKS_MIN = 4;
    private static final int CHUNKS_MAX = 1 << 16;
    private static final int LARGE_SHARE = 16;
    private static final int LANES_MAX = 4;

    static Geometry of(long bytes, int valueBytesMax, int writers) {
        int segment = (int) clamp(Long.highestOneBit(bytes / SEGMENTS_AIM), SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
        while (listBytes(valueBytesMax, segment) > segment) {
            segment *= 2;
        }
        int chunks = (int) clamp(Long.highestOneBit(bytes / CHUNK_SHARE_BYTES), CHUNKS_MIN, CHUNKS_MAX);
        long segments = bytes / segment;
        int lifetimes = segments >= 1024 ? 4 : segments >= 256 ? 2 : 1;
        int lanes = segments >= 1024 ? (int) clamp(Integer.highestOneBit(writers), 1, LANES_MAX) : 1;
        return new Geometry(segment, chunks, lifetimes, lanes, segment / LARGE_SHARE, segment / LARGE_SHARE);
    }

    /** Of a value's parts, if they are a quarter of a segment on average. */
    private static long listBytes(int valueBytes, int segment) {
        return 4L * valueBytes / segment * ItemLayout.LOCATION_BYTES;
    }

    /** Items of one class die at about the same time: never or late, within 12 hours, 1 hour, 5 minutes. */
    int lifetime(long ttlSeconds) {
        int shortness = ttlSeconds == 0 || ttlSeconds > 43_200 ? 0 : ttlSeconds > 3_600 ? 1 : ttlSeconds > 300 ? 2 : 3;
        return Math.min(shortness, lifetimes - 1);
    }

    private static long clamp(long value, long min, long max) {
        return Math.max(min, Math.min(max, value));
    }
}
