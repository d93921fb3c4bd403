package io.larder.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * wyhash, final version 4.2, with its default secret: 64 bits, a few multiplications for a key of up to 16 bytes.
 *
 * <p>Own code after the description by Wang Yi ({@code github.com/wangyi-fudan/wyhash}, public domain); the published
 * vectors are the test. A random seed makes collisions hard to craft from outside.
 */
final class WyHash {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final long S0 = 0x2d358dccaa6c78a5L;
    private static final long S1 = 0x8bb84b93962eacc9L;
    private static final long S2 = 0x4b33a62ed433d4a3L;
    private static final long S3 = 0x4d5a2da51de1aa47L;
    private static final int STRIDE = 48;

    private WyHash() {}

    /** The hash of the first {@code length} bytes. */
    static long hash(byte[] bytes, int length, long seed) {
        long h = seed ^ mix(seed ^ S0, S1);
        return length <= 16 ? finish(first(bytes, length), last(bytes, length), h, length) : hashLong(bytes, length, h);
    }

    private static long hashLong(byte[] bytes, int length, long seeded) {
        long h = seeded;
        int at = 0;
        int left = length;
        if (left >= STRIDE) {
            long h1 = h;
            long h2 = h;
            do {
                h = mix(longAt(bytes, at) ^ S1, longAt(bytes, at + 8) ^ h);
                h1 = mix(longAt(bytes, at + 16) ^ S2, longAt(bytes, at + 24) ^ h1);
                h2 = mix(longAt(bytes, at + 32) ^ S3, longAt(bytes, at + 40) ^ h2);
                at += STRIDE;
                left -= STRIDE;
            } while (left >= STRIDE);
            h ^= h1 ^ h2;
        }
        while (left > 16) {
            h = mix(longAt(bytes, at) ^ S1, longAt(bytes, at + 8) ^ h);
            at += 16;
            left -= 16;
        }
        return finish(longAt(bytes, length - 16), longAt(bytes, length - 8), h, length);
    }

    private static long first(byte[] bytes, int length) {
        if (length >= 4) {
            return intAt(bytes, 0) << 32 | intAt(bytes, (length >>> 3) << 2);
        }
        return length == 0
                ? 0
                : (bytes[0] & 0xffL) << 16 | (bytes[length >>> 1] & 0xffL) << 8 | (bytes[length - 1] & 0xffL);
    }

    private static long last(byte[] bytes, int length) {
        return length >= 4 ? intAt(bytes, length - 4) << 32 | intAt(bytes, length - 4 - ((length >>> 3) << 2)) : 0;
    }

    private static long finish(long a, long b, long h, int length) {
        long x = a ^ S1;
        long y = b ^ h;
        return mix((x * y) ^ S0 ^ length, multiplyHighUnsigned(x, y) ^ S1);
    }

    private static long mix(long x, long y) {
        return (x * y) ^ multiplyHighUnsigned(x, y);
    }

    /** The JDK has this from 18 on only; the signed product differs by the operands where they are negative. */
    private static long multiplyHighUnsigned(long x, long y) {
        return Math.multiplyHigh(x, y) + ((x >> 63) & y) + ((y >> 63) & x);
    }

    private static long longAt(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    private static long intAt(byte[] bytes, int at) {
        return (int) INTS.get(bytes, at) & 0xffff_ffffL;
    }
}
