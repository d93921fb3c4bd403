package io.larder.storage;

/**
 * Seconds in 16 bits: exact up to 4095, above with an error below 1/2048, up to 4 years.
 *
 * <p>A float without sign: 4 bits of exponent, 12 of mantissa. It holds the time from a segment's opening to an item's last use.
 */
final class AccessAge {
    static final int BITS = 16;
    private static final int MANTISSA_BITS = 12;
    private static final int MANTISSA_MASK = (1 << MANTISSA_BITS) - 1;
    private static final int EXPONENT_MAX = (1 << (BITS - MANTISSA_BITS)) - 1;

    private AccessAge() {}

    /** Rounds down. */
    static int encode(long seconds) {
        if (seconds <= 0) {
            return 0;
        }
        int bits = Long.SIZE - Long.numberOfLeadingZeros(seconds);
        int exponent = Math.max(0, bits - MANTISSA_BITS);
        if (exponent > EXPONENT_MAX) {
            return (1 << BITS) - 1;
        }
        return exponent << MANTISSA_BITS | (int) (seconds >>> exponent);
    }

    static long decode(int coded) {
        return (long) (coded & MANTISSA_MASK) << (coded >>> MANTISSA_BITS);
    }
}
