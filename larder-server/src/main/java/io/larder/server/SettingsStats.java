package io.larder.server;

import io.larder.base.HostPort;
import io.larder.base.Printable;
import io.larder.storage.ItemStore;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The answer to {@code stats settings}: what holds now, whatever it was at the start. Thread-safe. */
final class SettingsStats {
    private static final String NONE = "NULL";

    private final ServerConfig config;
    private final ItemStore store;
    private final Looking looking;
    private final BufferBudget budget;
    private final ServerLog log;

    SettingsStats(ServerConfig config, ItemStore store, Looking looking, BufferBudget budget, ServerLog log) {
        this.config = config;
        this.store = store;
        this.looking = looking;
        this.budget = budget;
        this.log = log;
    }

    /** @param tracksSizes whether {@code stats sizes} answers at the moment */
    Map<String, Object> all(boolean tracksSizes) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("maxbytes", store.stats().bytesMax());
        settings.put("maxconns", config.connectionsMax());
        settings.put("tcpport", config.port());
        settings.put("udpport", 0);
        settings.put("inter", config.addresses().stream().map(HostPort::host).collect(Collectors.joining(",")));
        settings.put(
                "domain_socket",
                config.unixSocket()
                        .map(socket -> Printable.of(socket.path().toString()))
                        .orElse(NONE));
        int mode = config.unixSocket().map(UnixSocket::mode).orElse(UnixSocket.MODE_DEFAULT);
        settings.put("umask", Integer.toOctalString(mode));
        settings.put("verbosity", log.verbosity());
        settings.put("shutdown_command", yesNo(config.shutdown()));
        settings.put("flush_enabled", yesNo(config.flush()));
        settings.put("evictions", onOff(config.storage().evicts()));
        settings.put("num_threads", config.threads());
        settings.put("stat_key_prefix", looking.prefixes().delimiter());
        settings.put("detail_enabled", yesNo(looking.prefixes().isOn()));
        settings.put("reqs_per_event", config.requestsPerTurn());
        settings.put("cas_enabled", yesNo(config.cas()));
        settings.put("tcp_backlog", config.backlog());
        settings.put("binding_protocol", protocol());
        settings.put("auth_enabled_sasl", yesNo(config.saslFile().isPresent()));
        settings.put(
                "auth_enabled_ascii",
                config.authFile().map(file -> Printable.of(file.toString())).orElse("no"));
        config.tls().ifPresentOrElse(tls -> tls(settings, tls), () -> settings.put("ssl_enabled", yesNo(false)));
        settings.put("item_size_max", config.storage().valueBytesMax());
        settings.put("idle_timeout", config.idleTimeout().toSeconds());
        settings.put("maxconns_fast", yesNo(true));
        settings.put("slab_reassign", yesNo(false));
        settings.put("slab_automove", 0);
        settings.put("lru_crawler", yesNo(looking.crawler().isEnabled()));
        settings.put("dump_enabled", yesNo(config.dumps()));
        settings.put("lru_crawler_tocrawl", 0); // walks go over all items
        settings.put("tail_repair_time", 0);
        settings.put("larder_watch_enabled", yesNo(config.watches()));
        settings.put("watcher_logbuf_size", Watcher.RING_BYTES);
        settings.put("read_buf_mem_limit", budget.bytesMax());
        settings.put("inline_ascii_response", yesNo(false));
        settings.put("track_sizes", yesNo(tracksSizes));
        settings.put("hash_algorithm", "wyhash");
        settings.put("lru_maintainer_thread", yesNo(false));
        settings.put("lru_segmented", yesNo(false));
        settings.put("temp_lru", yesNo(false));
        Path file = config.storage().file();
        settings.put("memory_file", file == null ? "(null)" : Printable.of(file.toString()));
        settings.put("client_flags_size", Integer.BYTES);
        return settings;
    }

    private static void tls(Map<String, Object> settings, TlsConfig tls) {
        settings.put("ssl_enabled", yesNo(true));
        settings.put("ssl_chain_cert", text(tls.chain()));
        settings.put("ssl_key", text(tls.key()));
        settings.put("ssl_verify_mode", tls.clients().mode());
        settings.put("ssl_keyformat", tls.keyIsDer() ? "DER" : "PEM");
        settings.put("ssl_ciphers", tls.ciphers().isEmpty() ? NONE : Printable.of(String.join(":", tls.ciphers())));
        settings.put("ssl_ca_cert", text(tls.clientCa()));
        settings.put("ssl_session_cache", yesNo(true));
        settings.put("ssl_kernel_tls", yesNo(false));
        settings.put("ssl_min_version", tls.oldest().protocol().toLowerCase(Locale.ROOT));
    }

    private static String text(@Nullable Path path) {
        return path == null ? NONE : Printable.of(path.toString());
    }

    private String protocol() {
        return switch (config.protocol()) {
            case AUTO -> "auto-negotiate";
            case ASCII -> "ascii";
            case BINARY -> "binary";
        };
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
