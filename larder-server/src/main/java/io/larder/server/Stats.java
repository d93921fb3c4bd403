package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.StoreMemory;
import io.larder.storage.StoreStats;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answers to {@code stats}, under memcached's names; what only Larder has begins with {@code larder_}. Only what is true here
 * is told. Thread-safe.
 */
final class Stats {
    private static final String DISABLED = "STAT sizes_status disabled\r\n";

    private final ServerConfig config;
    private final ItemStore store;
    private final ConnectionLimit connections;
    private final Access access;
    private final BufferBudget budget;
    private final Ticker ticker;
    private final InstantSource wallClock;
    private final long startNanos;
    private final List<LoopCounters> loops = new CopyOnWriteArrayList<>();
    private final Looking looking;
    private final Crawler crawler;
    private volatile boolean tracksSizes;
    private final SettingsStats settings;

    private volatile Baseline baseline;

    /** What was counted when {@code stats reset} came. */
    private record Baseline(Map<Counter, Long> counters, StoreStats store, long accepted, long rejected) {}

    Stats(
            ServerConfig config,
            ItemStore store,
            ConnectionLimit connections,
            Access access,
            BufferBudget budget,
            Looking looking,
            ServerLog log,
            Ticker ticker,
            InstantSource wallClock) {
        this.config = config;
        this.store = store;
        this.connections = connections;
        this.access = access;
        this.budget = budget;
        this.ticker = ticker;
        this.wallClock = wallClock;
        this.startNanos = ticker.nanos();
        this.looking = looking;
        this.crawler = looking.crawler();
        this.tracksSizes = config.tracksSizes();
        this.settings = new SettingsStats(config, store, looking, budget, log);
        this.baseline = new Baseline(new EnumMap<>(Counter.class), StoreStats.NONE, 0, 0);
    }

    void add(LoopCounters loop) {
        loops.add(loop);
    }

    /** Whether {@code stats sizes} is to walk over the store. */
    boolean tracksSizes() {
        return tracksSizes;
    }

    /** The whole answer, or {@code null} where nothing is known about that. */
    @Nullable
    String report(List<String> words) {
        return switch (words.isEmpty() ? "" : words.get(0)) {
            case "" -> lines(general()) + "END\r\n";
            case "settings" -> lines(settings.all(tracksSizes)) + "END\r\n";
            case "items" -> lines(ClassStats.items(counts(), sinceReset(), store.memory(), crawler)) + "END\r\n";
            case "slabs" -> lines(ClassStats.slabs(counts(), sinceReset(), store.memory())) + "END\r\n";
            case "sizes" -> DISABLED + "END\r\n";
            case "sizes_enable" -> sizes(true);
            case "sizes_disable" -> sizes(false);
            case "conns" -> looking.connections().describe();
            case "detail" -> detail(words.size() < 2 ? "" : words.get(1));
            case "cachedump" -> cachedump(words);
            case "extstore" -> "END\r\n"; // there is none, which memcached answers like this
            case "reset" -> {
                reset();
                yield "RESET\r\n";
            }
            default -> null;
        };
    }

    private String sizes(boolean on) {
        tracksSizes = on;
        return "STAT sizes_status " + (on ? "enabled" : "disabled") + "\r\n";
    }

    private String detail(String what) {
        if (!config.dumps()) {
            return "CLIENT_ERROR stats detail not allowed\r\n";
        }
        return switch (what) {
            case "on", "off" -> {
                looking.prefixes().turn(what.equals("on"));
                yield "OK\r\n";
            }
            case "dump" -> looking.prefixes().dump();
            default -> "CLIENT_ERROR usage: stats detail on|off|dump\r\n";
        };
    }

    private String cachedump(List<String> words) {
        if (!config.dumps()) {
            return "CLIENT_ERROR stats cachedump not allowed\r\n";
        }
        if (words.size() < 3) {
            return "CLIENT_ERROR bad command line\r\n";
        }
        long id = AdminCommands.number(words.get(1));
        long limit = AdminCommands.number(words.get(2));
        if (id < 0 || limit < 0) {
            return "CLIENT_ERROR bad command line format\r\n";
        }
        if (id >= AdminCommands.CLASSES) {
            return "CLIENT_ERROR Illegal slab id\r\n";
        }
        return (id == 1 ? CacheDump.of(store, limit, wallClock.instant().getEpochSecond()) : "") + "END\r\n";
    }

    private void reset() {
        looking.prefixes().clear();
        baseline = new Baseline(LoopCounters.sum(loops), store.stats(), connections.accepted(), connections.rejected());
    }

    /** What the loops have counted since the start. */
    Map<Counter, Long> totals() {
        return LoopCounters.sum(loops);
    }

    long uptimeSeconds() {
        return TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - startNanos);
    }

    /** What the loops have counted since the reset. */
    Map<Counter, Long> counts() {
        Baseline since = baseline;
        Map<Counter, Long> counts = LoopCounters.sum(loops);
        counts.replaceAll((counter, count) -> count - since.counters.getOrDefault(counter, 0L));
        return counts;
    }

    /** What the store has counted since the reset, and what it holds now. */
    StoreStats sinceReset() {
        return store.stats().since(baseline.store);
    }

    private Map<String, Object> general() {
        Map<String, Object> stats = new LinkedHashMap<>();
        server(stats);
        StoreStats items = sinceReset();
        counts().forEach((counter, count) -> stats.put(counter.statName(), count));
        Tls tls = access.tls();
        if (tls == null) {
            stats.remove(Counter.SSL_NEW_SESSIONS.statName());
            stats.remove(Counter.SSL_HANDSHAKE_ERRORS.statName());
        } else {
            stats.put("time_since_server_cert_refresh", tls.secondsSinceRefresh());
        }
        stats.put("get_expired", items.foundExpired());
        stats.put("get_flushed", items.foundFlushed());
        if (config.idleTimeout().isZero()) {
            stats.remove(Counter.IDLE_KICKS.statName()); // as memcached, which tells of them where there can be some
        }
        StoreMemory memory = store.memory();
        stats.put("limit_maxbytes", items.bytesMax());
        stats.put("accepting_conns", connections.isAccepting() ? 1 : 0);
        stats.put("listen_disabled_num", connections.pauses());
        stats.put("time_in_listen_disabled_us", TimeUnit.NANOSECONDS.toMicros(connections.pausedNanos()));
        stats.put("threads", config.threads());
        stats.put("hash_bytes", memory.indexBytes());
        stats.put("hash_is_expanding", 0);
        stats.put("lru_crawler_running", crawler.running() > 0 ? 1 : 0);
        stats.put("lru_crawler_starts", crawler.starts());
        stats.put("log_worker_dropped", 0); // between a loop and the watchers there is no buffer that could be full
        stats.put("log_worker_written", looking.watch().published());
        stats.put("log_watcher_skipped", looking.watch().skipped());
        stats.put("log_watcher_sent", looking.watch().sent());
        stats.put("log_watchers", looking.watch().watchers());
        items(stats, items, memory);
        larder(stats, items, memory);
        return stats;
    }

    private void server(Map<String, Object> stats) {
        ProcessFacts process = ProcessFacts.now();
        Baseline since = baseline;
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("uptime", uptimeSeconds());
        stats.put("time", wallClock.instant().getEpochSecond());
        stats.put("version", ServerVersion.PROTOCOL_VERSION);
        stats.put("pointer_size", 64);
        stats.put("rusage_user", seconds(process.userSeconds()));
        stats.put("rusage_system", seconds(process.systemSeconds()));
        stats.put("max_connections", config.connectionsMax());
        stats.put("curr_connections", connections.open());
        stats.put("total_connections", connections.accepted() - since.accepted);
        stats.put("rejected_connections", connections.rejected() - since.rejected);
        stats.put("connection_structures", connections.open());
        stats.put("read_buf_count", config.threads());
        stats.put("read_buf_bytes", (long) config.threads() * EventLoop.READ_BUFFER_BYTES);
    }

    private void items(Map<String, Object> stats, StoreStats items, StoreMemory memory) {
        stats.put("bytes", items.bytes());
        stats.put("curr_items", items.items());
        stats.put("total_items", items.itemsTotal());
        stats.put("slab_global_page_pool", memory.segmentsFree());
        stats.put("expired_unfetched", items.expiredUnfetched());
        stats.put("evicted_unfetched", items.evictedUnfetched());
        stats.put("evictions", items.evictions());
        stats.put("reclaimed", items.reclaimed());
        stats.put("crawler_reclaimed", 0);
        stats.put("crawler_items_checked", crawler.itemsChecked());
    }

    private void larder(Map<String, Object> stats, StoreStats items, StoreMemory memory) {
        Runtime jvm = Runtime.getRuntime();
        stats.put("larder_resident_bytes", ProcessFacts.now().residentBytes());
        stats.put("larder_heap_bytes", jvm.totalMemory() - jvm.freeMemory());
        stats.put("larder_heap_max_bytes", jvm.maxMemory());
        stats.put("larder_buffer_bytes", budget.bytesTaken());
        stats.put("larder_buffer_max_bytes", budget.bytesMax());
        stats.put("larder_copied_bytes", items.copiedBytes());
        stats.put("larder_segment_bytes", memory.segmentBytes());
        stats.put("larder_segments", memory.segments());
        stats.put("larder_segments_free", memory.segmentsFree());
        stats.put("larder_index_bytes", memory.indexBytes());
    }

    private static String seconds(double seconds) {
        return String.format(Locale.ROOT, "%.6f", seconds);
    }

    private static String lines(Map<String, Object> stats) {
        StringBuilder out = new StringBuilder();
        stats.forEach((name, value) ->
                out.append("STAT ").append(name).append(' ').append(value).append("\r\n"));
        return out.toString();
    }
}
