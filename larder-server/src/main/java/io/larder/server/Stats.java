package io.larder.server;

import io.larder.base.Ticker;
import io.larder.storage.ItemStore;
import io.larder.storage.StoreStats;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The answers to {@code stats}, under memcached's names. Only what is true here is told. Thread-safe. */
final class Stats {
    private final ServerConfig config;
    private final ItemStore store;
    private final ConnectionLimit connections;
    private final ServerLog log;
    private final Ticker ticker;
    private final InstantSource wallClock;
    private final long startNanos;
    private final List<LoopCounters> loops = new CopyOnWriteArrayList<>();

    private volatile Baseline baseline;

    /** What was counted when {@code stats reset} came. */
    private record Baseline(Map<Counter, Long> counters, StoreStats store) {}

    Stats(
            ServerConfig config,
            ItemStore store,
            ConnectionLimit connections,
            ServerLog log,
            Ticker ticker,
            InstantSource wallClock) {
        this.config = config;
        this.store = store;
        this.connections = connections;
        this.log = log;
        this.ticker = ticker;
        this.wallClock = wallClock;
        this.startNanos = ticker.nanos();
        this.baseline = new Baseline(new EnumMap<>(Counter.class), new StoreStats(0, 0, 0, 0, 0, 0, 0, 0));
    }

    void add(LoopCounters loop) {
        loops.add(loop);
    }

    /** The whole answer, or {@code null} where nothing is known about that. */
    @Nullable
    String report(String about) {
        return switch (about) {
            case "" -> lines(general());
            case "settings" -> lines(settings());
            case "items", "slabs" -> lines(Map.of()); // there are no slab classes to tell of
            case "reset" -> {
                baseline = new Baseline(LoopCounters.sum(loops), store.stats());
                yield "RESET\r\n";
            }
            default -> null;
        };
    }

    private Map<String, Object> general() {
        Baseline since = baseline;
        StoreStats now = store.stats();
        Map<String, Object> stats = new LinkedHashMap<>();
        stats.put("pid", ProcessHandle.current().pid());
        stats.put("uptime", TimeUnit.NANOSECONDS.toSeconds(ticker.nanos() - startNanos));
        stats.put("time", wallClock.instant().getEpochSecond());
        stats.put("version", ServerVersion.PROTOCOL_VERSION);
        stats.put("pointer_size", 64);
        stats.put("max_connections", config.connectionsMax());
        stats.put("curr_connections", connections.open());
        stats.put("total_connections", connections.accepted());
        stats.put("rejected_connections", connections.rejected());
        LoopCounters.sum(loops)
                .forEach((counter, count) ->
                        stats.put(counter.statName(), count - since.counters.getOrDefault(counter, 0L)));
        stats.put("limit_maxbytes", now.bytesMax());
        stats.put("threads", config.threads());
        stats.put("bytes", now.bytes());
        stats.put("curr_items", now.items());
        stats.put("total_items", now.itemsTotal() - since.store.itemsTotal());
        stats.put("evictions", now.evictions() - since.store.evictions());
        stats.put("evicted_unfetched", now.evictedUnfetched() - since.store.evictedUnfetched());
        stats.put("reclaimed", now.reclaimed() - since.store.reclaimed());
        stats.put("expired_unfetched", now.expiredUnfetched() - since.store.expiredUnfetched());
        return stats;
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("maxbytes", config.storage().bytes());
        settings.put("maxconns", config.connectionsMax());
        settings.put("tcpport", config.port());
        settings.put("inter", config.addresses().get(0).host());
        settings.put("verbosity", log.verbosity());
        settings.put("evictions", "on");
        settings.put("num_threads", config.threads());
        settings.put("item_size_max", config.storage().valueBytesMax());
        settings.put("cas_enabled", "yes");
        settings.put("reqs_per_event", EventLoop.REQUESTS_PER_TURN_MAX);
        return settings;
    }

    private static String lines(Map<String, Object> stats) {
        StringBuilder out = new StringBuilder();
        stats.forEach((name, value) ->
                out.append("STAT ").append(name).append(' ').append(value).append("\r\n"));
        return out.append("END\r\n").toString();
    }
}
