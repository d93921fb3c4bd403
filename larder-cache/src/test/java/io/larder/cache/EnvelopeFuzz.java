package io.larder.cache;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Bytes from a store, which may be anybody's: they are read or they are not, without an exception; and what was read is read
 * again from what it is written as.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says whether the rest is
 * a whole envelope, the payload behind a head that fits, or all that the seal is put around: a broken seal hides the rest.
 */
public final class EnvelopeFuzz {
    enum Colour {
        RED,
        GREEN
    }

    /** A record of every type that has a binary form but arrays, which are not equal to themselves. */
    record All(
            boolean bool,
            byte small,
            short number,
            int id,
            long stamp,
            char letter,
            float ratio,
            double exact,
            @Nullable String name,
            @Nullable BigInteger large,
            @Nullable BigDecimal price,
            @Nullable UUID uuid,
            @Nullable Instant instant,
            @Nullable Duration duration,
            @Nullable LocalDate date,
            @Nullable LocalTime time,
            @Nullable LocalDateTime dateTime,
            @Nullable Colour colour,
            Optional<String> optional,
            @Nullable List<String> list,
            @Nullable Set<Integer> set,
            @Nullable Map<String, List<Long>> map,
            @Nullable List<All> children) {}

    /** Most a damaged envelope may cost: a list of nothing is 16 bytes an element, from one byte; 1032 of them deflated are one. */
    private static final long BYTES_PER_BYTE_MAX = 20_000;

    private static final long BYTES_BESIDES_MAX = 1 << 20;
    private static final Meta META = new Meta(7, 1_767_225_600_123L, 1_767_226_200_123L, 4_711);
    private static final Envelope.Head HEAD = new Envelope.Head(META, 1_767_229_800_123L, Versions.NONE);
    private static final Envelope.Head TAGGED =
            new Envelope.Head(META, Long.MAX_VALUE, Versions.of(List.of("tag:a", "space"), new long[] {1, 2}));
    static final String KEY = "all:7";
    private static final Seal SEAL = new Checksum();
    static final Envelope ENVELOPE = new Envelope(ValueCodecs.of(All.class), SEAL, Compression.DEFAULT);

    private EnvelopeFuzz() {}

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        byte[] stored = (input[0] & 1) != 0 ? sealed(withHead(rest)) : (input[0] & 2) != 0 ? sealed(rest) : rest;
        Envelope.Contents contents = ENVELOPE.unwrap(KEY, stored);
        long before = allocated(); // the first time classes may have been loaded
        ENVELOPE.unwrap(KEY, stored);
        long cost = allocated() - before;
        if (cost > BYTES_BESIDES_MAX + BYTES_PER_BYTE_MAX * stored.length) {
            throw new AssertionError("%d bytes read cost %d bytes".formatted(stored.length, cost));
        }
        if (contents == null) {
            return;
        }
        Envelope.Failure failure = contents.failure();
        byte[] again = failure == null
                ? ENVELOPE.wrap(KEY, contents.value(), contents.head())
                : ENVELOPE.wrapFailure(KEY, failure, contents.head());
        if (!Objects.equals(contents, ENVELOPE.unwrap(KEY, again))) {
            throw new AssertionError("read %s, wrote it, and read %s".formatted(contents, ENVELOPE.unwrap(KEY, again)));
        }
    }

    private static long allocated() {
        com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private static byte[] withHead(byte[] payload) {
        byte[] head = ENVELOPE.wrap(KEY, all(List.of()), HEAD);
        byte[] stored = Arrays.copyOf(head, Envelope.HEAD_BYTES + payload.length);
        System.arraycopy(payload, 0, stored, Envelope.HEAD_BYTES, payload.length);
        return stored;
    }

    private static byte[] sealed(byte[] written) {
        ByteOut out = new ByteOut(written.length + 4);
        out.raw(written);
        return SEAL.close(KEY, out);
    }

    private static byte[] unsealed(byte[] stored) {
        return Arrays.copyOf(stored, SEAL.check(KEY, stored));
    }

    /** Envelopes that are whole, for the fuzzer to begin with; the byte in front is theirs to choose. */
    static List<byte[]> seeds() {
        All leaf = all(List.of());
        byte[] whole = ENVELOPE.wrap(KEY, all(List.of(leaf, leaf)), HEAD);
        Envelope.Failure failure = new Envelope.Failure("java.io.IOException", "gone");
        return List.of(
                whole,
                Arrays.copyOfRange(unsealed(whole), Envelope.HEAD_BYTES, whole.length - 4),
                unsealed(ENVELOPE.wrap(KEY, null, HEAD)),
                unsealed(ENVELOPE.wrapFailure(KEY, failure, TAGGED)),
                ENVELOPE.wrap(KEY, leaf, TAGGED),
                unsealed(whole),
                unsealed(new Envelope(ValueCodecs.of(All.class), SEAL, new Compression(1))
                        .wrap(KEY, all(List.of(leaf, leaf)), TAGGED)));
    }

    /** An entry of each kind, to be written and read by any version of the format. */
    static Map<String, Envelope.Contents> samples() {
        All leaf = all(List.of());
        return Map.of(
                "record", new Envelope.Contents(all(List.of(leaf, leaf)), null, HEAD),
                "null", new Envelope.Contents(null, null, HEAD),
                "compressed", new Envelope.Contents(all(Collections.nCopies(9, leaf)), null, HEAD),
                "failure", new Envelope.Contents(null, new Envelope.Failure("java.io.IOException", "gone"), TAGGED),
                "tagged", new Envelope.Contents(leaf, null, TAGGED));
    }

    private static All all(List<All> children) {
        return new All(
                true,
                (byte) -1,
                (short) 300,
                -70_000,
                1L << 40,
                'x',
                1.5f,
                Double.NaN,
                "Ünn\ud800",
                BigInteger.TEN.pow(30),
                new BigDecimal("12.30"),
                new UUID(1, 2),
                Instant.ofEpochSecond(1_767_225_600L, 1),
                Duration.ofNanos(TimeUnit.SECONDS.toNanos(9) + 1),
                LocalDate.of(2026, 1, 31),
                LocalTime.of(23, 59, 59, 999_999_999),
                LocalDateTime.of(2026, 1, 31, 12, 0),
                Colour.GREEN,
                Optional.of("there"),
                Arrays.asList("a", null, "b"),
                Set.of(4),
                Map.of("k", List.of(1L, 2L)),
                children);
    }
}
