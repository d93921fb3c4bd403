package io.larder.cli;

import static io.larder.cli.Flag.Value.NONE;
import static io.larder.cli.Flag.Value.OPTIONAL;
import static io.larder.cli.Flag.Value.REQUIRED;
import static io.larder.cli.Flag.accepted;
import static io.larder.cli.Flag.acts;
import static io.larder.cli.Flag.refused;
import static io.larder.cli.TuningValues.number;
import static io.larder.cli.TuningValues.numberAbove;
import static io.larder.cli.TuningValues.oneOf;
import static io.larder.cli.TuningValues.share;
import static io.larder.cli.TuningValues.whole;

import io.larder.server.ServerVersion;
import java.util.List;

/**
 * Every flag and option of memcached 1.6.45, and what becomes of it here; and the flags that only Larder has.
 *
 * <p>One that means something here acts. One that tunes a mechanism that only memcached has is accepted, if memcached would take its value. One without which users
 * would believe in something that is not here is refused.
 */
final class ServeFlagTable {
    private static final String NO_SLABS = "there are no slab classes, items lie in segments";
    private static final String NO_LRU = "items are evicted by two queues, not by memcached's LRUs";
    private static final String NO_CRAWLER = "expired items go by whole segments, without a crawler";
    private static final String NO_HASH_TABLE = "the index grows by itself, in small steps";
    private static final String NO_LOCKING = "the JVM cannot lock its memory; switch swapping off instead";
    private static final String NO_LOGGER = "watchers have buffers of one size";
    private static final String SHARED_BUFFERS = "buffers are shared by all connections and bounded together";
    private static final String NO_DROPPING = "Java cannot give up system calls";
    private static final String NO_EXTSTORE = "there is no external storage; leave it out, and raise -m";
    private static final String NO_PROXY = "there is no proxy mode; leave it out";

    static final List<Flag> FLAGS = List.of(
            // where it listens
            acts("l", "listen", REQUIRED, ServeFlags::listen),
            acts("p", "port", REQUIRED, ServeFlags::port),
            acts("U", "udp-port", REQUIRED, ServeFlags::udpPort),
            acts("s", "unix-socket", REQUIRED, ServeFlags::unixSocket),
            acts("a", "unix-mask", REQUIRED, ServeFlags::unixMode),
            acts("Z", "enable-ssl", NONE, (flags, none) -> flags.tls().enable()),
            // memory
            acts("m", "memory-limit", REQUIRED, ServeFlags::memory),
            acts("I", "max-item-size", REQUIRED, ServeFlags::itemSize),
            acts("M", "disable-evictions", NONE, (flags, none) -> flags.evictions(false)),
            acts("e", "memory-file", REQUIRED, ServeFlags::memoryFile),
            accepted("k", "lock-memory", NONE, NO_LOCKING),
            accepted("L", "enable-largepages", NONE, "the JVM decides about pages"),
            accepted("f", "slab-growth-factor", REQUIRED, NO_SLABS, numberAbove(1)),
            accepted("n", "slab-min-size", REQUIRED, NO_SLABS, whole(1, Integer.MAX_VALUE)),
            // connections
            acts("c", "conn-limit", REQUIRED, ServeFlags::connections),
            acts("t", "threads", REQUIRED, ServeFlags::threads),
            acts("b", "listen-backlog", REQUIRED, ServeFlags::backlog),
            acts("R", "max-reqs-per-event", REQUIRED, ServeFlags::requestsPerTurn),
            refused("N", "napi-ids", REQUIRED, "threads are not bound to network queues; leave it out"),
            // what peers may do
            acts("B", "protocol", REQUIRED, ServeFlags::protocol),
            acts("C", "disable-cas", NONE, (flags, none) -> flags.change(config -> config.withCas(false))),
            acts("A", "enable-shutdown", NONE, (flags, none) -> flags.change(config -> config.withShutdown(true))),
            acts("F", "disable-flush-all", NONE, (flags, none) -> flags.change(config -> config.withFlush(false))),
            acts("X", "disable-dumping", NONE, (flags, none) -> flags.change(config -> config.withDumps(false))),
            acts("W", "disable-watch", NONE, (flags, none) -> flags.change(config -> config.withWatches(false))),
            acts("S", "enable-sasl", NONE, (flags, none) -> flags.sasl()),
            acts("Y", "auth-file", REQUIRED, ServeFlags::authFile),
            // the process; -d, -u and -r are the launcher's affair
            acts("d", "daemon", NONE, (flags, none) -> flags.goToBackground()),
            acts("P", "pidfile", REQUIRED, ServeFlags::pidFile),
            acts("u", "user", REQUIRED, ServeFlags::user),
            acts("r", "enable-coredumps", NONE, (flags, none) -> {}),
            // looking in
            acts("v", "verbose", OPTIONAL, (flags, none) -> flags.verbose()),
            acts("D", "", REQUIRED, ServeFlags::prefixDelimiter),
            acts("", "admin-port", REQUIRED, ServeFlags::adminPort),
            acts("", "admin-listen", REQUIRED, ServeFlags::adminHost),
            acts("h", "help", NONE, (flags, none) -> flags.answer(Texts.read("serve-help.txt"))),
            acts("i", "license", NONE, (flags, none) -> flags.answer(Texts.read("license.txt"))),
            acts(
                    "V",
                    "version",
                    NONE,
                    (flags, none) -> flags.answer("larder " + ServerVersion.VERSION + System.lineSeparator())),
            acts("o", "extended", REQUIRED, ServeFlags::options));

    static final List<Flag> OPTIONS = List.of(
            acts("", "idle_timeout", REQUIRED, ServeFlags::idleTimeout),
            accepted("", "maxconns_fast", NONE, "connections beyond -c are always told so and closed"),
            accepted("", "no_maxconns_fast", NONE, "connections beyond -c are always told so and closed"),
            accepted("", "modern", NONE, "there is one set of defaults"),
            accepted("", "no_modern", NONE, "there is one set of defaults"),
            acts("", "relaxed_privileges", NONE, (flags, none) -> flags.change(config -> config.withDebugTime(true))),
            accepted("", "drop_privileges", NONE, NO_DROPPING),
            accepted("", "no_drop_privileges", NONE, NO_DROPPING),
            accepted("", "sock_cookie_id", REQUIRED, "sockets are not marked", whole()),
            accepted("", "resp_obj_mem_limit", REQUIRED, SHARED_BUFFERS),
            accepted("", "read_buf_mem_limit", REQUIRED, SHARED_BUFFERS, whole()),
            accepted("", "inline_ascii_resp", NONE, "flags are kept as a number"),
            accepted("", "no_inline_ascii_resp", NONE, "flags are kept as a number"),
            refused("", "meta_response_old", NONE, "meta commands answer HD, as memcached does since 1.6.10"),
            // what memcached logs and reports
            accepted("", "watcher_logbuf_size", REQUIRED, NO_LOGGER, whole()),
            accepted("", "worker_logbuf_size", REQUIRED, NO_LOGGER, whole()),
            acts("", "track_sizes", NONE, (flags, none) -> flags.change(config -> config.withTrackedSizes(true))),
            // memcached's hash table
            accepted("", "hashpower", REQUIRED, NO_HASH_TABLE, whole(12, 32)),
            accepted("", "hash_algorithm", REQUIRED, "the index has one hash", oneOf("jenkins", "murmur3", "xxh3")),
            accepted("", "no_hashexpand", NONE, NO_HASH_TABLE),
            // memcached's slabs
            accepted("", "slab_reassign", NONE, NO_SLABS),
            accepted("", "no_slab_reassign", NONE, NO_SLABS),
            accepted("", "slab_automove", OPTIONAL, NO_SLABS, whole(0, 2)),
            accepted("", "no_slab_automove", NONE, NO_SLABS),
            accepted("", "slab_automove_ratio", REQUIRED, NO_SLABS, share()),
            accepted("", "slab_automove_window", REQUIRED, NO_SLABS, numberAbove(2)),
            accepted("", "slab_automove_freeratio", REQUIRED, NO_SLABS, number()),
            accepted("", "slab_chunk_max", REQUIRED, NO_SLABS, whole()),
            accepted("", "slab_sizes", REQUIRED, NO_SLABS, TuningValues::slabSizes),
            accepted("", "no_chunked_items", NONE, NO_SLABS),
            // memcached's LRUs
            accepted("", "lru_crawler", NONE, NO_CRAWLER),
            accepted("", "no_lru_crawler", NONE, NO_CRAWLER),
            accepted("", "lru_crawler_sleep", REQUIRED, NO_CRAWLER, whole(0, 1_000_000)),
            accepted("", "lru_crawler_tocrawl", REQUIRED, NO_CRAWLER, whole()),
            accepted("", "lru_maintainer", NONE, NO_LRU),
            accepted("", "no_lru_maintainer", NONE, NO_LRU),
            accepted("", "hot_lru_pct", REQUIRED, NO_LRU, whole(1, 79)),
            accepted("", "warm_lru_pct", REQUIRED, NO_LRU, whole(1, 79)),
            accepted("", "hot_max_factor", REQUIRED, NO_LRU, numberAbove(0)),
            accepted("", "warm_max_factor", REQUIRED, NO_LRU, numberAbove(0)),
            accepted(
                    "",
                    "temporary_ttl",
                    REQUIRED,
                    "short-lived items have segments of their own anyway",
                    whole(Integer.MIN_VALUE, Integer.MAX_VALUE)),
            accepted("", "tail_repair_time", REQUIRED, NO_LRU, whole(10, Integer.MAX_VALUE)),
            // TLS
            acts("", "ssl_chain_cert", REQUIRED, (flags, value) -> flags.tls().chain(value)),
            acts("", "ssl_key", REQUIRED, (flags, value) -> flags.tls().key(value)),
            acts("", "ssl_keyformat", REQUIRED, (flags, value) -> flags.tls().keyFormat(value)),
            acts("", "ssl_verify_mode", REQUIRED, (flags, value) -> flags.tls().verifyMode(value)),
            acts("", "ssl_ciphers", REQUIRED, (flags, value) -> flags.tls().ciphers(value)),
            acts("", "ssl_ca_cert", REQUIRED, (flags, value) -> flags.tls().clientCa(value)),
            accepted("", "ssl_wbuf_size", REQUIRED, SHARED_BUFFERS, whole()),
            accepted("", "ssl_session_cache", NONE, "sessions are resumed anyway"),
            accepted("", "ssl_kernel_tls", NONE, "Java does TLS, not the kernel"),
            acts("", "ssl_min_version", REQUIRED, (flags, value) -> flags.tls().oldest(value)),
            // external storage
            refused("", "ext_path", REQUIRED, NO_EXTSTORE),
            refused("", "ext_page_size", REQUIRED, NO_EXTSTORE),
            refused("", "ext_page_count", REQUIRED, NO_EXTSTORE),
            refused("", "ext_wbuf_size", REQUIRED, NO_EXTSTORE),
            refused("", "ext_threads", REQUIRED, NO_EXTSTORE),
            refused("", "ext_io_depth", REQUIRED, NO_EXTSTORE),
            refused("", "ext_item_size", REQUIRED, NO_EXTSTORE),
            refused("", "ext_item_age", REQUIRED, NO_EXTSTORE),
            refused("", "ext_low_ttl", REQUIRED, NO_EXTSTORE),
            refused("", "ext_recache_rate", REQUIRED, NO_EXTSTORE),
            refused("", "ext_compact_under", REQUIRED, NO_EXTSTORE),
            refused("", "ext_drop_under", REQUIRED, NO_EXTSTORE),
            refused("", "ext_max_sleep", REQUIRED, NO_EXTSTORE),
            refused("", "ext_max_frag", REQUIRED, NO_EXTSTORE),
            refused("", "ext_drop_unread", NONE, NO_EXTSTORE),
            // proxy
            refused("", "proxy_config", REQUIRED, NO_PROXY),
            refused("", "proxy_arg", REQUIRED, NO_PROXY),
            refused("", "proxy_uring", NONE, NO_PROXY),
            refused("", "proxy_memprofile", NONE, NO_PROXY));

    private ServeFlagTable() {}
}
