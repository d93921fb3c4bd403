package io.larder.server;

import io.larder.base.Printable;
import io.larder.storage.ItemStore;
import java.util.LinkedHashMap;
import java.util.Map;

/** The answer to {@code stats settings}: what holds now, whatever it was at the start. Thread-safe. */
final class SettingsStats {
    private final ServerConfig config;
    private final ItemStore store;
    private final Looking looking;
    private final ServerLog log;

    SettingsStats(ServerConfig config, ItemStore store, Looking looking, ServerLog log) {
        this.config = config;
        this.store = store;
        this.looking = looking;
        this.log = log;
    }

    Map<String, Object> all() {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("maxbytes", store.stats().bytesMax());
        settings.put("maxconns", config.connectionsMax());
        settings.put("tcpport", config.port());
        settings.put("udpport", 0);
        settings.put("inter", config.addresses().get(0).host());
        settings.put(
                "domain_socket",
                config.unixSocket()
                        .map(socket -> Printable.of(socket.path().toString()))
                        .orElse("NULL"));
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
        settings.put("cas_enabled", yesNo(true));
        settings.put("tcp_backlog", config.backlog());
        settings.put("item_size_max", config.storage().valueBytesMax());
        settings.put("idle_timeout", config.idleTimeout().toSeconds());
        settings.put("maxconns_fast", yesNo(true));
        settings.put("slab_reassign", yesNo(false));
        settings.put("slab_automove", 0);
        settings.put("lru_crawler", yesNo(looking.crawler().isEnabled()));
        settings.put("dump_enabled", yesNo(config.dumps()));
        settings.put("watch_enabled", yesNo(config.watches()));
        settings.put("watcher_logbuf_size", Watcher.RING_BYTES);
        settings.put("track_sizes", yesNo(config.tracksSizes()));
        settings.put("hash_algorithm", "wyhash");
        settings.put("lru_maintainer_thread", yesNo(false));
        settings.put("lru_segmented", yesNo(false));
        settings.put("temp_lru", yesNo(false));
        if (config.storage().file() != null) {
            settings.put("memory_file", config.storage().file());
        }
        return settings;
    }

    private static String yesNo(boolean yes) {
        return yes ? "yes" : "no";
    }

    private static String onOff(boolean on) {
        return on ? "on" : "off";
    }
}
