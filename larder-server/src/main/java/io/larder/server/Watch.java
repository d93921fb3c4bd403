package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.storage.ItemStore;
import io.larder.storage.Outcome;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Who watches what the server does, and the lines they are sent. While nobody does, it costs an event loop one volatile read a
 * turn. Thread-safe.
 *
 * <p>Source of the lines: memcached's {@code logger.c} and what memcached 1.6.18 sends.
 */
final class Watch {
    static final int FETCHERS = 1;
    static final int MUTATIONS = 1 << 1;
    static final int EVICTIONS = 1 << 2;
    static final int CONNEVENTS = 1 << 3;
    static final int DELETIONS = 1 << 4;

    /** What memcached sends for these, there is not here: of its threads, its proxy, its parser. */
    private static final int SILENT = 1 << 5;

    private static final Map<String, Integer> NAMES = Map.of(
            "fetchers", FETCHERS,
            "mutations", MUTATIONS,
            "evictions", EVICTIONS,
            "connevents", CONNEVENTS,
            "deletions", DELETIONS,
            "sysevents", SILENT,
            "rawcmds", SILENT,
            "proxyreqs", SILENT,
            "proxyevents", SILENT,
            "proxyuser", SILENT);

    private static final int WATCHERS_MAX = 20;
    private static final int NANOS_PER_MICRO = 1000;

    private final ItemStore store;
    private final InstantSource wallClock;
    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong skipped = new AtomicLong();
    private volatile int mask;

    Watch(ItemStore store, InstantSource wallClock) {
        this.store = store;
        this.wallClock = wallClock;
    }

    /** What the words of a {@code watch} ask for, 0 where one is unknown. */
    static int mask(List<String> words) {
        int mask = words.isEmpty() ? FETCHERS : 0;
        for (String word : words) {
            Integer bit = NAMES.get(word);
            if (bit == null) {
                return 0;
            }
            mask |= bit;
        }
        return mask;
    }

    boolean isFull() {
        return watchers.size() >= WATCHERS_MAX;
    }

    synchronized void add(Watcher watcher) {
        watchers.add(watcher);
        change();
    }

    synchronized void remove(Watcher watcher) {
        watchers.remove(watcher);
        change();
    }

    private void change() {
        int all = 0;
        for (Watcher watcher : watchers) {
            all |= watcher.mask();
        }
        mask = all;
        store.onEviction((all & EVICTIONS) != 0 ? this::evicted : null);
    }

    /** Whether anybody wants to know what commands do. */
    boolean seesCommands() {
        return (mask & (FETCHERS | MUTATIONS | DELETIONS)) != 0;
    }

    int watchers() {
        return watchers.size();
    }

    /** Events that somebody wanted to know of. */
    long published() {
        return ids.get();
    }

    long sent() {
        return sent.get();
    }

    long skipped() {
        return skipped.get();
    }

    /** A key was looked up. */
    void fetched(ByteBuffer key, ItemStore.@Nullable Item item, long connection) {
        if (wants(FETCHERS)) {
            boolean found = item != null;
            publish(
                    FETCHERS,
                    "type=item_get key=%s status=%s clsid=%d cfd=%d size=%d"
                            .formatted(
                                    KeyText.encoded(key),
                                    found ? "found" : "not_found",
                                    found ? 1 : 0,
                                    connection,
                                    item == null ? 0 : item.valueBytes()));
        }
    }

    /**
     * A store was asked for.
     *
     * @param command as memcached calls it: {@code set}, {@code add}...
     */
    void stored(ByteBuffer key, Outcome outcome, String command, long ttlSeconds, long connection, int valueBytes) {
        if (!wants(MUTATIONS)) {
            return;
        }
        String status = switch (outcome) {
            case STORED -> "stored";
            case EXISTS -> "exists";
            case NOT_FOUND -> "not_found";
            case TOO_LARGE -> "too_large";
            case NO_MEMORY -> "no_memory";
            case NOT_STORED, NOT_NUMERIC -> "not_stored";
        };
        publish(
                MUTATIONS,
                "type=item_store key=%s status=%s cmd=%s ttl=%d clsid=1 cfd=%d size=%d"
                        .formatted(
                                KeyText.encoded(key),
                                status,
                                command,
                                Math.max(0, ttlSeconds),
                                connection,
                                valueBytes));
    }

    /** An item was deleted. */
    void deleted(ByteBuffer key, int valueBytes) {
        if (wants(DELETIONS)) {
            publish(
                    DELETIONS,
                    "type=deleted key=%s cmd=delete clsid=1 size=%d".formatted(KeyText.encoded(key), valueBytes));
        }
    }

    private void evicted(ByteBuffer key, ItemStore.Item item) {
        publish(
                EVICTIONS,
                "type=eviction key=%s fetch=%s ttl=%d la=%d clsid=1 size=%d"
                        .formatted(
                                KeyText.encoded(key),
                                item.isFetched() ? "yes" : "no",
                                item.ttlSeconds(),
                                item.idleSeconds(),
                                item.valueBytes()));
    }

    void connected(long connection, Peername peer) {
        if (wants(CONNEVENTS)) {
            publish(CONNEVENTS, "type=conn_new %s cfd=%d".formatted(peer.inLog(), connection));
        }
    }

    /**
     * A connection ended.
     *
     * @param reason {@code normal}, {@code error}, {@code idle_timeout} or {@code shutdown}
     */
    void closed(long connection, Peername peer, String reason) {
        if (wants(CONNEVENTS)) {
            publish(CONNEVENTS, "type=conn_close %s reason=%s cfd=%d".formatted(peer.inLog(), reason, connection));
        }
    }

    private boolean wants(int kind) {
        return (mask & kind) != 0;
    }

    private void publish(int kind, String event) {
        Instant now = wallClock.instant();
        byte[] line = "ts=%d.%06d gid=%d %s\n"
                .formatted(now.getEpochSecond(), now.getNano() / NANOS_PER_MICRO, ids.incrementAndGet(), event)
                .getBytes(ISO_8859_1);
        for (Watcher watcher : watchers) {
            if ((watcher.mask() & kind) != 0) {
                (watcher.offer(line) ? sent : skipped).incrementAndGet();
            }
        }
    }
}
