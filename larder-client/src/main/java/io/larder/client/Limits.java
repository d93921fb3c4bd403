package io.larder.client;

/**
 * What a client holds at most.
 *
 * @param valueBytesMax largest value sent, in bytes; set it to what the nodes take ({@code memcached -I})
 * @param inFlightMax requests without a reply on one connection; further callers wait
 * @param pendingBytesMax bytes of those requests on one connection; further callers wait. One request alone may be larger
 */
public record Limits(int valueBytesMax, int inFlightMax, int pendingBytesMax) {
    /** 1 MB, 1024 requests, 8 MB. */
    public static final Limits DEFAULT = new Limits(1 << 20, 1024, 8 << 20);

    private static final int VALUE_BYTES_LIMIT = 1 << 30;

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
    }

    public Limits withValueBytesMax(int changed) {
        return new Limits(changed, inFlightMax, pendingBytesMax);
    }
}
