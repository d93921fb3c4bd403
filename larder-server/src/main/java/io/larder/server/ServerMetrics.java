package io.larder.server;

import io.larder.server.Metric.Kind;
import io.larder.server.Metric.Sample;
import io.larder.storage.StoreMemory;
import io.larder.storage.StoreStats;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the server tells monitoring: counted from the start of the process, whatever {@code stats reset} did. Thread-safe. */
final class ServerMetrics {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final double MILLIS = TimeUnit.SECONDS.toMillis(1);

    private final ServerParts parts;
    private final List<Thread> loops;

    /** @param loops the threads of the event loops, in their order */
    ServerMetrics(ServerParts parts, List<Thread> loops) {
        this.parts = parts;
        this.loops = List.copyOf(loops);
    }

    /** All of them at this moment; looks at every segment. */
    List<Metric> all() {
        List<Metric> all = new ArrayList<>();
        Map<Counter, Long> counts = parts.stats().totals();
        process(all);
        commands(all, counts);
        connections(all, counts);
        items(all, parts.store().stats());
        memory(all, parts.store().memory());
        lookingIn(all);
        return all;
    }

    private void process(List<Metric> all) {
        all.add(new Metric(
                "larder_build_info",
                Kind.GAUGE,
                "Version of Larder, the version it announces to clients, and that of Java; always 1.",
                List.of(new Sample(
                        Map.of(
                                "version", ServerVersion.VERSION,
                                "protocol_version", ServerVersion.PROTOCOL_VERSION,
                                "java_version", Runtime.version().toString()),
                        1))));
        all.add(Metric.gauge(
                "larder_uptime_seconds",
                "Since the server began.",
                parts.stats().uptimeSeconds()));
        ProcessFacts process = ProcessFacts.now();
        all.add(Metric.counter(
                "process_cpu_seconds",
                "Processor time of the process, user and system.",
                process.userSeconds() + process.systemSeconds()));
        all.add(Metric.gauge(
                "process_resident_memory_bytes", "Memory of the process in use.", process.residentBytes()));
        Runtime jvm = Runtime.getRuntime();
        all.add(Metric.gauge("larder_heap_bytes", "Java heap in use.", jvm.totalMemory() - jvm.freeMemory()));
        all.add(Metric.gauge("larder_heap_max_bytes", "Java heap at most.", jvm.maxMemory()));
        double collecting = 0;
        double collections = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collecting += Math.max(0, collector.getCollectionTime()) / MILLIS;
            collections += Math.max(0, collector.getCollectionCount());
        }
        all.add(Metric.counter("larder_gc_seconds", "Time that collections of garbage took.", collecting));
        all.add(Metric.counter("larder_gc_collections", "Collections of garbage.", collections));
        loops(all);
    }

    private void loops(List<Metric> all) {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        List<Sample> busy = new ArrayList<>();
        for (int i = 0; i < loops.size() && threads.isThreadCpuTimeSupported(); i++) {
            long nanos = threads.getThreadCpuTime(loops.get(i).getId());
            busy.add(Metric.of("loop", String.valueOf(i), Math.max(0, nanos) / NANOS));
        }
        if (!busy.isEmpty()) {
            all.add(new Metric(
                    "larder_loop_cpu_seconds",
                    Kind.COUNTER,
                    "Processor time of each event loop; its rate is how busy the loop is, staying awake for work included.",
                    busy));
        }
    }

    private static void commands(List<Metric> all, Map<Counter, Long> counts) {
        List<Sample> keys = new ArrayList<>();
        outcomes(keys, counts, "get", Counter.GET_HITS, Counter.GET_MISSES);
        outcomes(keys, counts, "delete", Counter.DELETE_HITS, Counter.DELETE_MISSES);
        outcomes(keys, counts, "incr", Counter.INCR_HITS, Counter.INCR_MISSES);
        outcomes(keys, counts, "decr", Counter.DECR_HITS, Counter.DECR_MISSES);
        outcomes(keys, counts, "touch", Counter.TOUCH_HITS, Counter.TOUCH_MISSES);
        outcomes(keys, counts, "cas", Counter.CAS_HITS, Counter.CAS_MISSES);
        keys.add(outcome("cas", "badval", count(counts, Counter.CAS_BADVAL)));
        all.add(new Metric(
                "larder_key_operations",
                Kind.COUNTER,
                "Keys asked for, by command and by whether they were there; meta commands count as what they do.",
                keys));
        all.add(counter("larder_stores", "Values sent to be stored, whatever came of it.", counts, Counter.CMD_SET));
        all.add(new Metric(
                "larder_refused_stores",
                Kind.COUNTER,
                "Values refused, by reason.",
                List.of(
                        Metric.of("reason", "too_large", count(counts, Counter.STORE_TOO_LARGE)),
                        Metric.of("reason", "no_memory", count(counts, Counter.STORE_NO_MEMORY)))));
        all.add(counter("larder_meta_commands", "Meta commands.", counts, Counter.CMD_META));
        all.add(counter("larder_flushes", "Times that everything was flushed.", counts, Counter.CMD_FLUSH));
        long failed = count(counts, Counter.AUTH_ERRORS);
        all.add(new Metric(
                "larder_logins",
                Kind.COUNTER,
                "Logins by outcome.",
                List.of(
                        Metric.of("outcome", "accepted", count(counts, Counter.AUTH_CMDS) - failed),
                        Metric.of("outcome", "refused", failed))));
        all.add(counter("larder_received_bytes", "Bytes read from clients.", counts, Counter.BYTES_READ));
        all.add(counter("larder_sent_bytes", "Bytes written to clients.", counts, Counter.BYTES_WRITTEN));
        all.add(counter(
                "larder_turns_yielded",
                "Times that a connection left its turn to others.",
                counts,
                Counter.CONN_YIELDS));
        all.add(counter("larder_out_of_memory", "Times that Java's heap was full.", counts, Counter.MALLOC_FAILS));
    }

    private static void outcomes(
            List<Sample> samples, Map<Counter, Long> counts, String command, Counter hits, Counter misses) {
        samples.add(outcome(command, "hit", count(counts, hits)));
        samples.add(outcome(command, "miss", count(counts, misses)));
    }

    private static Sample outcome(String command, String outcome, long value) {
        return new Sample(Map.of("command", command, "outcome", outcome), (double) value);
    }

    /** All counters are there; the default is for the compiler. */
    private static long count(Map<Counter, Long> counts, Counter counter) {
        return counts.getOrDefault(counter, 0L);
    }

    private static Metric counter(String name, String help, Map<Counter, Long> counts, Counter counter) {
        return Metric.counter(name, help, count(counts, counter));
    }

    private void connections(List<Metric> all, Map<Counter, Long> counts) {
        ConnectionLimit connections = parts.connections();
        all.add(Metric.gauge("larder_connections", "Open connections.", connections.open()));
        all.add(Metric.gauge(
                "larder_connections_max",
                "Connections allowed at a time.",
                parts.config().connectionsMax()));
        all.add(Metric.counter("larder_accepted_connections", "Connections accepted.", connections.accepted()));
        all.add(Metric.counter(
                "larder_rejected_connections",
                "Connections closed because there were too many.",
                connections.rejected()));
        all.add(new Metric(
                "larder_dropped_connections",
                Kind.COUNTER,
                "Connections closed by the server, by reason.",
                List.of(
                        Metric.of("reason", "idle", count(counts, Counter.IDLE_KICKS)),
                        Metric.of("reason", "stalled", count(counts, Counter.CONN_DROPPED)),
                        Metric.of("reason", "no_memory_for_requests", count(counts, Counter.READ_BUF_OOM)),
                        Metric.of("reason", "no_memory_for_replies", count(counts, Counter.RESPONSE_OBJ_OOM)))));
        all.add(Metric.gauge(
                "larder_accepting",
                "Whether connections are accepted at once: 1 or 0.",
                connections.isAccepting() ? 1 : 0));
        all.add(Metric.counter(
                "larder_accept_pauses", "Times that accepting failed and paused.", connections.pauses()));
        all.add(Metric.counter(
                "larder_accept_paused_seconds", "Time for which accepting paused.", connections.pausedNanos() / NANOS));
        all.add(Metric.gauge(
                "larder_buffer_bytes",
                "Held for peers: requests come in part, replies not taken yet.",
                parts.budget().bytesTaken()));
        all.add(Metric.gauge(
                "larder_buffer_max_bytes",
                "At most held for all peers together.",
                parts.budget().bytesMax()));
    }

    private static void items(List<Metric> all, StoreStats items) {
        all.add(Metric.gauge("larder_items", "Items held, expired ones not yet reclaimed included.", items.items()));
        all.add(Metric.gauge("larder_item_bytes", "Memory of the items, headers included.", items.bytes()));
        all.add(Metric.counter("larder_stored_items", "Items stored.", items.itemsTotal()));
        all.add(new Metric(
                "larder_evicted_items",
                Kind.COUNTER,
                "Items removed to make room, by whether they had been read.",
                fetched(items.evictions(), items.evictedUnfetched())));
        all.add(Metric.counter(
                "larder_evicted_mortal_items",
                "Items evicted that would have expired some time.",
                items.evictedMortal()));
        all.add(Metric.gauge(
                "larder_evicted_idle_seconds",
                "Since the item evicted last had been used, at that moment.",
                items.evictedIdleSeconds()));
        all.add(new Metric(
                "larder_reclaimed_items",
                Kind.COUNTER,
                "Expired and flushed items removed, by whether they had been read.",
                fetched(items.reclaimed(), items.expiredUnfetched())));
        all.add(new Metric(
                "larder_dead_items_found",
                Kind.COUNTER,
                "Times that a key was asked for whose item was there no more, by reason.",
                List.of(
                        Metric.of("reason", "expired", items.foundExpired()),
                        Metric.of("reason", "flushed", items.foundFlushed()))));
        all.add(Metric.counter(
                "larder_copied_bytes", "Moved from segment to segment to empty segments.", items.copiedBytes()));
        all.add(Metric.gauge("larder_memory_limit_bytes", "What -m allows for items and index.", items.bytesMax()));
    }

    private static List<Sample> fetched(long all, long unfetched) {
        return List.of(Metric.of("fetched", "yes", all - unfetched), Metric.of("fetched", "no", unfetched));
    }

    private static void memory(List<Metric> all, StoreMemory memory) {
        all.add(new Metric(
                "larder_segments",
                Kind.GAUGE,
                "Segments of memory held.",
                List.of(
                        Metric.of("state", "used", memory.segments() - memory.segmentsFree()),
                        Metric.of("state", "free", memory.segmentsFree()))));
        all.add(new Metric(
                "larder_memory_used_bytes",
                Kind.GAUGE,
                "Where the memory of -m goes.",
                List.of(
                        Metric.of("part", "segments", (double) memory.segments() * memory.segmentBytes()),
                        Metric.of("part", "index", memory.indexBytes()))));
        all.add(Metric.gauge(
                "larder_oldest_segment_seconds", "Age of the oldest segment with live items.", memory.oldestSeconds()));
    }

    private void lookingIn(List<Metric> all) {
        Looking looking = parts.looking();
        all.add(Metric.gauge(
                "larder_watchers", "Peers that watch.", looking.watch().watchers()));
        all.add(new Metric(
                "larder_watch_events",
                Kind.COUNTER,
                "Events for watchers, by whether they could take them.",
                List.of(
                        Metric.of("outcome", "sent", looking.watch().sent()),
                        Metric.of("outcome", "skipped", looking.watch().skipped()))));
        all.add(Metric.counter(
                "larder_walked_items",
                "Items that dumps went over.",
                looking.crawler().itemsChecked()));
    }
}
