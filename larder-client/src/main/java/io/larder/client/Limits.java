package io.larder.client;

/**
 * What a client holds at most.
 *
 * @param valueBytesMax largest value sent, in bytes; set it to what the nodes take ({@code memcached -I})
 * @param inFlightMax requests without a reply on one connection; further callers wait, or are refused
 * @param pendingBytesMax bytes of those requests on one connection; further callers wait, or are refused. One request alone
 *     may be larger
 * @param missedDeletesMax keys a node that is down has to forget when it returns. What does not fit is dropped and counted by
 *     {@link NodeStats#deletesDropped}: such a key may show an old value after the return
 * @param dialsPerSecondMax connections tried with one node in any second
 * @param largeBytes values of more bytes are sent, and where their size is known are read, over a second connection to the node,
 *     so that small replies need not wait behind them
 * @param largeKeys a {@link View#getAll} of more keys uses that connection too
 * @param backPressure what becomes of a call that finds no room on its connection
 */
public record Limits(
        int valueBytesMax,
        int inFlightMax,
        int pendingBytesMax,
        int missedDeletesMax,
        int dialsPerSecondMax,
        int largeBytes,
        int largeKeys,
        BackPressure backPressure) {
    /** 1 MB, 1024 requests, 8 MB, 100 000 keys, 5 dials; large is what has more than 64 KB or 256 keys. */
    public static final Limits DEFAULT =
            new Limits(1 << 20, 1024, 8 << 20, 100_000, 5, 64 << 10, 256, BackPressure.AUTO);

    private static final int VALUE_BYTES_LIMIT = 1 << 30;
    private static final int DIALS_PER_SECOND_LIMIT = 10_000;

    public Limits {
        if (valueBytesMax < 1 || valueBytesMax > VALUE_BYTES_LIMIT) {
            throw new IllegalArgumentException(
                    "value-max must be from 1 to %d bytes, was %d".formatted(VALUE_BYTES_LIMIT, valueBytesMax));
        }
        if (inFlightMax < 1 || pendingBytesMax < 1) {
            throw new IllegalArgumentException(
                    "limits of a connection must be at least 1, were %d requests and %d bytes"
                            .formatted(inFlightMax, pendingBytesMax));
        }
        if (dialsPerSecondMax < 1 || dialsPerSecondMax > DIALS_PER_SECOND_LIMIT) {
            throw new IllegalArgumentException("dialsPerSecondMax must be from 1 to %d, was %d"
                    .formatted(DIALS_PER_SECOND_LIMIT, dialsPerSecondMax));
        }
        if (missedDeletesMax < 0) {
            throw new IllegalArgumentException("missedDeletesMax must be 0 or more, was " + missedDeletesMax);
        }
        if (largeBytes < 0 || largeKeys < 0) {
            throw new IllegalArgumentException(
                    "large must be 0 or more, was %d bytes and %d keys".formatted(largeBytes, largeKeys));
        }
    }

    public Limits withValueBytesMax(int changed) {
        return new Limits(
                changed,
                inFlightMax,
                pendingBytesMax,
                missedDeletesMax,
                dialsPerSecondMax,
                largeBytes,
                largeKeys,
                backPressure);
    }

    /** Other limits of one connection, in requests and in bytes. */
    public Limits withInFlight(int requestsMax, int bytesMax) {
        return new Limits(
                valueBytesMax,
                requestsMax,
                bytesMax,
                missedDeletesMax,
                dialsPerSecondMax,
                largeBytes,
                largeKeys,
                backPressure);
    }

    public Limits withMissedDeletesMax(int changed) {
        return new Limits(
                valueBytesMax,
                inFlightMax,
                pendingBytesMax,
                changed,
                dialsPerSecondMax,
                largeBytes,
                largeKeys,
                backPressure);
    }

    public Limits withDialsPerSecondMax(int changed) {
        return new Limits(
                valueBytesMax,
                inFlightMax,
                pendingBytesMax,
                missedDeletesMax,
                changed,
                largeBytes,
                largeKeys,
                backPressure);
    }

    /** What counts as large: more bytes than that in a value, more keys than that in a call. */
    public Limits withLarge(int bytes, int keys) {
        return new Limits(
                valueBytesMax,
                inFlightMax,
                pendingBytesMax,
                missedDeletesMax,
                dialsPerSecondMax,
                bytes,
                keys,
                backPressure);
    }

    public Limits withBackPressure(BackPressure changed) {
        return new Limits(
                valueBytesMax,
                inFlightMax,
                pendingBytesMax,
                missedDeletesMax,
                dialsPerSecondMax,
                largeBytes,
                largeKeys,
                changed);
    }
}
