package io.larder.client;

import io.larder.base.Ticker;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

/**
 * The generation of a namespace, and what this process knows of it. Thread-safe.
 *
 * <p>Numbers are random, so none comes twice: neither one that was invalidated, nor one that was evicted.
 */
final class Generation {
    private static final String SUFFIX = ":larder-generation";
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Pattern TEXT =
            Pattern.compile("[A-Za-z0-9_-]{10}[AEIMQUYcgkosw048]"); // 64 bits, and two of zero

    /** A number as text: 11 characters of base64url. */
    static final Codec<Long> CODEC = new Codec<>() {
        @Override
        public Encoded encode(Long number) {
            return new Encoded(0, text(number).getBytes(StandardCharsets.US_ASCII));
        }

        @Override
        public Long decode(int flags, byte[] data) {
            if (!TEXT.matcher(new String(data, StandardCharsets.ISO_8859_1)).matches()) {
                throw new IllegalArgumentException("not a generation; invalidate the namespace to mend it");
            }
            return ByteBuffer.wrap(Base64.getUrlDecoder().decode(data)).getLong();
        }
    };

    /**
     * What was read.
     *
     * @param isKnown whether anything was
     * @param sinceNanos when it was asked for
     */
    private record Known(boolean isKnown, long number, long sinceNanos) {}

    private final String key;
    private final Ticker ticker;
    private final AtomicReference<Known> known = new AtomicReference<>(new Known(false, 0, 0));

    Generation(String namespace, Ticker ticker) {
        this.key = namespace + SUFFIX;
        this.ticker = ticker;
    }

    static String text(long number) {
        byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What was read no longer than an age ago, or is read now. */
    long atMost(Duration age, View<Long> items) {
        Known last = Objects.requireNonNull(known.get());
        boolean recent = last.isKnown() && ticker.nanos() - last.sinceNanos() < age.toNanos();
        return recent ? last.number() : read(items);
    }

    /** The generation now. */
    long read(View<Long> items) {
        Known before = known.get();
        long start = ticker.nanos();
        long number = ask(items);
        // not if it was invalidated here meanwhile: this may be from before
        boolean unused = known.compareAndSet(before, new Known(true, number, start));
        return number;
    }

    private long ask(View<Long> items) {
        Lookup<Long> found = items.lookup(key);
        if (found instanceof Lookup.Hit<Long> hit) {
            return hit.value();
        }
        if (found instanceof Lookup.Unavailable<Long> failed) {
            throw failed.cause();
        }
        AtomicLong agreed = new AtomicLong(RANDOM.nextLong());
        Long unused = items.update(key, Duration.ZERO, there -> {
            if (there == null) {
                return agreed.get();
            }
            agreed.set(there); // another process was faster
            return null;
        });
        return agreed.get();
    }

    /** Has whoever comes next make another. */
    void invalidate(View<Long> items) {
        boolean unused = items.delete(key);
        forget();
    }

    /** Forgets what was read, and what is being read just now. */
    private void forget() {
        known.set(new Known(false, 0, 0)); // another object, so that who reads now does not replace it
    }
}
