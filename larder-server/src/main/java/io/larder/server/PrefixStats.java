package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts for each prefix of keys, up to the delimiter, while {@code stats detail} is on. Thread-safe.
 *
 * <p>At most {@value #PREFIXES_MAX} prefixes are told apart; those that come later are not counted.
 */
final class PrefixStats {
    private static final int PREFIXES_MAX = 10_000;

    private final Map<String, Counts> prefixes = new ConcurrentHashMap<>();
    private final char delimiter;
    private volatile boolean on;

    private static final class Counts {
        final LongAdder gets = new LongAdder();
        final LongAdder hits = new LongAdder();
        final LongAdder sets = new LongAdder();
        final LongAdder deletes = new LongAdder();
    }

    PrefixStats(char delimiter, boolean on) {
        this.delimiter = delimiter;
        this.on = on;
    }

    void turn(boolean toOn) {
        on = toOn;
    }

    boolean isOn() {
        return on;
    }

    char delimiter() {
        return delimiter;
    }

    void got(ByteBuffer key, boolean hit) {
        if (on) {
            Counts counts = of(key);
            counts.gets.increment();
            if (hit) {
                counts.hits.increment();
            }
        }
    }

    void set(ByteBuffer key) {
        if (on) {
            of(key).sets.increment();
        }
    }

    void deleted(ByteBuffer key) {
        if (on) {
            of(key).deletes.increment();
        }
    }

    void clear() {
        prefixes.clear();
    }

    /** The answer to {@code stats detail dump}. */
    String dump() {
        StringBuilder out = new StringBuilder();
        prefixes.forEach((prefix, counts) -> out.append("PREFIX %s get %d hit %d set %d del %d\r\n"
                .formatted(prefix, counts.gets.sum(), counts.hits.sum(), counts.sets.sum(), counts.deletes.sum())));
        return out.append("END\r\n").toString();
    }

    /** Keys without a delimiter, and prefixes too many, share counts that nobody is told of: as memcached. */
    private Counts of(ByteBuffer key) {
        int end = key.position();
        while (end < key.limit() && key.get(end) != delimiter) {
            end++;
        }
        if (end == key.limit()) {
            return new Counts();
        }
        byte[] bytes = new byte[end - key.position()];
        key.get(key.position(), bytes);
        String prefix = new String(bytes, ISO_8859_1);
        Counts counts = prefixes.get(prefix);
        if (counts != null) {
            return counts;
        }
        return prefixes.size() >= PREFIXES_MAX
                ? new Counts()
                : prefixes.computeIfAbsent(prefix, unseen -> new Counts());
    }
}
