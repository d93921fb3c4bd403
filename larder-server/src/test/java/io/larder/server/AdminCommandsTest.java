package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.storage.StorageConfig;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminCommandsTest {
    private final CacheServer server =
            CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void crawlerOff_walks_areRefusedUntilItIsOn() throws IOException {
        try (Peer peer = peer()) {
            assertThat(peer.ask("lru_crawler disable")).isEqualTo("OK");
            assertThat(peer.ask("lru_crawler crawl all")).isEqualTo("CLIENT_ERROR lru crawler disabled");
            assertThat(peer.ask("lru_crawler metadump all")).isEqualTo("CLIENT_ERROR lru crawler disabled");
            assertThat(stats(peer, "stats settings")).containsEntry("lru_crawler", "no");
            assertThat(peer.ask("lru_crawler enable")).isEqualTo("OK");
            assertThat(peer.ask("lru_crawler crawl all")).isEqualTo("OK");
        }
    }

    @Test
    void memlimit_changesTheBound_downToWhatTheLargestValueNeeds() throws IOException {
        try (Peer peer = peer()) {
            assertThat(peer.ask("cache_memlimit 32")).isEqualTo("OK");
            assertThat(stats(peer, "stats")).containsEntry("limit_maxbytes", String.valueOf(32 << 20));
            assertThat(stats(peer, "stats settings")).containsEntry("maxbytes", String.valueOf(32 << 20));
        }
    }

    @Test
    void memlimit_beyondWhatTheProcessWasStartedFor_isRefused() throws IOException {
        try (Peer peer = peer()) {
            assertThat(peer.ask("cache_memlimit 100000000"))
                    .isEqualTo("MEMLIMIT_ADJUST_FAILED out of bounds or unable to adjust");
            assertThat(stats(peer, "stats")).containsEntry("limit_maxbytes", String.valueOf(64 << 20));
        }
    }

    @Test
    void statsItemsAndSlabs_tellOfOneClass_whosePartsAddUp() throws IOException {
        try (Peer peer = peer()) {
            for (int i = 0; i < 1000; i++) {
                peer.ask("set key%04d 0 0 100\r\n%s".formatted(i, "x".repeat(100)));
            }
            Map<String, String> items = stats(peer, "stats items");
            Map<String, String> slabs = stats(peer, "stats slabs");

            assertThat(items).containsEntry("items:1:number", "1000").containsEntry("items:1:evicted", "0");
            assertThat(slabs)
                    .containsEntry("1:used_chunks", "1000")
                    .containsEntry("1:cmd_set", "1000")
                    .containsEntry("active_slabs", "1");
            long chunk = Long.parseLong(slabs.get("1:chunk_size"));
            assertThat(chunk).isBetween(107L, 160L); // key, value and a header
            long requested = Long.parseLong(items.get("items:1:mem_requested"));
            assertThat(requested).isBetween(1000 * (chunk - 1), 1000 * chunk);
            assertThat(Long.parseLong(slabs.get("1:used_chunks")) + Long.parseLong(slabs.get("1:free_chunks")))
                    .isEqualTo(Long.parseLong(slabs.get("1:total_chunks")));
        }
    }

    @Test
    void stats_ofProcessAndParts_areThere() throws IOException {
        try (Peer peer = peer()) {
            peer.ask("mg nothing");
            Map<String, String> stats = stats(peer, "stats");

            assertThat(stats)
                    .containsEntry("pid", String.valueOf(ProcessHandle.current().pid()))
                    .containsEntry("cmd_meta", "1")
                    .containsEntry("curr_connections", "1");
            assertThat(Double.parseDouble(stats.get("rusage_user"))).isPositive();
            assertThat(Long.parseLong(stats.get("larder_resident_bytes"))).isGreaterThan(10 << 20);
            assertThat(Long.parseLong(stats.get("larder_heap_bytes"))).isGreaterThan(1 << 20);
            assertThat(Long.parseLong(stats.get("hash_bytes"))).isPositive();
        }
    }

    @Test
    void statsReset_beginsCountsAnew_andLeavesWhatIsHeld() throws IOException {
        try (Peer peer = peer()) {
            peer.ask("set a 0 0 1\r\nx");
            peer.ask("stats reset");

            assertThat(stats(peer, "stats"))
                    .containsEntry("cmd_set", "0")
                    .containsEntry("total_items", "0")
                    .containsEntry("total_connections", "0")
                    .containsEntry("curr_items", "1")
                    .containsEntry("curr_connections", "1");
        }
    }

    @Test
    void fullWithoutEviction_refusedValues_areCountedForTheClassToo() throws IOException {
        ServerConfig config = ServerConfig.DEFAULT
                .withPort(0)
                .withThreads(1)
                .withStorage(StorageConfig.DEFAULT.withBytes(4 << 20).withEvicts(false));
        try (CacheServer full = CacheServer.open(config);
                Peer peer = new Peer(full.addresses().get(0))) {
            int refused = 0;
            for (int i = 0; refused < 3; i++) {
                refused += peer.ask("set k%d 0 0 100000\r\n%s".formatted(i, "x".repeat(100_000)))
                                .equals("SERVER_ERROR out of memory storing object")
                        ? 1
                        : 0;
            }

            assertThat(stats(peer, "stats items")).containsEntry("items:1:outofmemory", "3");
            assertThat(stats(peer, "stats")).containsEntry("store_no_memory", "3");
        }
    }

    @Test
    void flushedItems_askedFor_areCountedApartFromMisses() throws IOException {
        try (Peer peer = peer()) {
            peer.ask("set a 0 0 1\r\nx");
            peer.ask("flush_all");
            peer.ask("get a");
            peer.ask("get a");

            assertThat(stats(peer, "stats"))
                    .containsEntry("get_flushed", "1")
                    .containsEntry("get_expired", "0")
                    .containsEntry("get_misses", "2");
        }
    }

    private Peer peer() throws IOException {
        return new Peer(server.addresses().get(0));
    }

    static Map<String, String> stats(Peer peer, String command) throws IOException {
        Map<String, String> stats = new HashMap<>();
        peer.send(command + "\r\n");
        for (String line = peer.line(); !line.equals("END"); line = peer.line()) {
            String[] words = line.split(" ", 3);
            assertThat(words[0]).isEqualTo("STAT");
            stats.put(words[1], words[2]);
        }
        return stats;
    }
}
