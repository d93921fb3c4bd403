package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.storage.StorageConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class LookingInTest {
    private static final long NOW = Instant.parse("2026-11-21T12:00:00Z").getEpochSecond();
    private static final String ANY_START = "ts=" + NOW + "\\.000000 gid=\\d+ ";

    private final FakeTicker ticker = new FakeTicker();
    private final List<CacheServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(CacheServer::close);
    }

    @Test
    void metadump_tellsOfEveryItem_withEncodedKeys() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            peer.ask("set plain 0 0 3\r\nabc");
            peer.ask("set a%b= 7 100 1\r\nx");
            peer.ask("get plain");
            peer.line();
            peer.line();

            List<String> lines = lines(peer, "lru_crawler metadump all", "END");

            assertThat(lines)
                    .hasSize(2)
                    .anySatisfy(line -> assertThat(line)
                            .matches("key=plain exp=-1 la=" + NOW + " cas=\\d+ fetch=yes cls=1 size=\\d+ flags=0"));
            assertThat(lines)
                    .anySatisfy(line -> assertThat(line)
                            .matches("key=a%25b%3D exp=" + (NOW + 100) + " la=" + NOW
                                    + " cas=\\d+ fetch=no cls=1 size=\\d+ flags=7"));
            assertThat(peer.ask("version")).startsWith("VERSION");
        }
    }

    @Test
    void mgdump_tellsCommands_thatFetchTheItems() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            peer.ask("set plain 0 0 3\r\nabc");
            peer.ask("ms d2l0aCBibGFuaw== 1 b\r\nx");

            assertThat(lines(peer, "lru_crawler mgdump all", "EN"))
                    .containsExactlyInAnyOrder("mg plain", "mg d2l0aCBibGFuaw== b");
        }
    }

    @Test
    void metadump_ofManyItems_isWhole_andHoldsUpNobody() throws IOException {
        int items = 40_000;
        String key = "k".repeat(200) + '-'; // so that the dump does not fit into the sockets' buffers
        try (Peer dumping = open(ServerConfig.DEFAULT.withThreads(1));
                Peer other = again()) {
            for (int i = 0; i < items; i++) {
                other.send("set " + key + i + " 0 0 1 noreply\r\nx\r\n");
            }
            assertThat(other.ask("get none")).isEqualTo("END");
            dumping.send("lru_crawler metadump all\r\nget " + key + "7\r\n"); // and does not read yet
            until("the walk has begun", () -> other.stat("lru_crawler_running").equals("1"));

            for (int i = 0; i < 200; i++) {
                assertThat(other.ask("get none")).isEqualTo("END");
            }
            assertThat(other.stat("lru_crawler_running")).isEqualTo("1");

            Set<String> keys = new HashSet<>();
            for (String line = dumping.line(); !line.equals("END"); line = dumping.line()) {
                keys.add(line.substring(0, line.indexOf(' ')));
            }
            assertThat(keys).hasSize(items);
            assertThat(dumping.line())
                    .isEqualTo("VALUE " + key + "7 0 1"); // what was sent behind the dump comes after it
            until("the walk is over", () -> other.stat("lru_crawler_running").equals("0"));
        }
    }

    @Test
    void dump_peerGoesAway_endsTheWalk() throws IOException {
        try (Peer other = open(ServerConfig.DEFAULT.withThreads(1))) {
            for (int i = 0; i < 50_000; i++) {
                other.send("set key-" + i + " 0 0 1 noreply\r\nx\r\n");
            }
            assertThat(other.ask("get none")).isEqualTo("END");
            Peer dumping = again();
            dumping.ask("lru_crawler metadump all");
            dumping.close();

            until("the walk is over", () -> other.stat("lru_crawler_running").equals("0"));
        }
    }

    @Test
    void dumpsAndWatches_forbidden_areRefused() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT.withDumps(false).withWatches(false))) {
            assertThat(peer.ask("lru_crawler metadump all")).isEqualTo("ERROR metadump not allowed");
            assertThat(peer.ask("lru_crawler mgdump all")).isEqualTo("ERROR key dump not allowed");
            assertThat(peer.ask("stats cachedump 1 0")).isEqualTo("CLIENT_ERROR stats cachedump not allowed");
            assertThat(peer.ask("stats detail on")).isEqualTo("CLIENT_ERROR stats detail not allowed");
            assertThat(peer.ask("watch fetchers")).isEqualTo("CLIENT_ERROR watch commands not allowed");
        }
    }

    @Test
    void cachedump_showsItems() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            peer.ask("set a 0 0 3\r\nabc");
            peer.ask("set b 0 100 3\r\nabc");

            assertThat(lines(peer, "stats cachedump 1 10", "END"))
                    .containsExactlyInAnyOrder("ITEM a [3 b; 0 s]", "ITEM b [3 b; " + (NOW + 100) + " s]");
            assertThat(lines(peer, "stats cachedump 1 1", "END")).hasSize(1);
        }
    }

    @Test
    void sizes_enabled_areCounted() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            for (int i = 0; i < 300; i++) {
                peer.ask("set a%03d 0 0 3\r\nabc".formatted(i));
            }
            peer.ask("set b 0 0 10000\r\n" + "x".repeat(10_000));
            assertThat(peer.ask("stats sizes_enable")).isEqualTo("STAT sizes_status enabled");

            Map<String, String> sizes = AdminCommandsTest.stats(peer, "stats sizes");

            assertThat(sizes).containsEntry("32", "300").hasSize(2).containsValue("1");
        }
    }

    @Test
    void fetchersAndMutations_watched_areTold() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT);
                Peer watcher = again()) {
            peer.ask("set there 0 0 3\r\nabc");
            assertThat(watcher.ask("watch fetchers mutations deletions")).isEqualTo("OK");
            seen(peer, watcher);

            peer.ask("get nothing");
            assertThat(watcher.line())
                    .matches(ANY_START + "type=item_get key=nothing status=not_found clsid=0 cfd=1 size=0");
            lines(peer, "get there", "END");
            assertThat(watcher.line()).matches(ANY_START + "type=item_get key=there status=found clsid=1 cfd=1 size=3");
            peer.ask("set new% 0 50 1\r\n5");
            assertThat(watcher.line()).contains("type=item_get key=new%25 status=not_found");
            assertThat(watcher.line())
                    .matches(
                            ANY_START + "type=item_store key=new%25 status=stored cmd=set ttl=50 clsid=1 cfd=1 size=1");
            peer.ask("append there 0 0 1\r\n5");
            assertThat(watcher.line()).contains("type=item_get key=there status=found");
            assertThat(watcher.line())
                    .contains("type=item_store key=there status=stored cmd=append ttl=0 clsid=1 cfd=1 size=4");
            peer.ask("cas there 0 0 1 1\r\n5");
            watcher.line();
            assertThat(watcher.line()).contains("status=exists cmd=cas");
            peer.ask("mg there s");
            assertThat(watcher.line()).contains("type=item_get key=there status=found");
            peer.ask("delete there");
            assertThat(watcher.line()).contains("type=item_get key=there status=found");
            assertThat(watcher.line()).matches(ANY_START + "type=deleted key=there cmd=delete clsid=1 size=4");
        }
    }

    @Test
    void connevents_watched_areTold() throws IOException {
        try (Peer watcher = open(ServerConfig.DEFAULT)) {
            assertThat(watcher.ask("watch connevents")).isEqualTo("OK");
            Peer peer = connectUntilSeen(watcher);
            peer.close();

            assertThat(watcher.line())
                    .matches(ANY_START
                            + "type=conn_close rip=127.0.0.1 rport=\\d+ transport=tcp reason=(normal|error) cfd=\\d+");
        }
    }

    @Test
    void evictions_watched_areTold() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT.withStorage(new StorageConfig(2 << 20, 1 << 20)));
                Peer watcher = again()) {
            assertThat(watcher.ask("watch evictions")).isEqualTo("OK");
            for (int i = 0; i < 5000; i++) {
                peer.ask("set key-" + i + " 0 0 1000\r\n" + "x".repeat(1000));
            }

            assertThat(watcher.line())
                    .matches(ANY_START + "type=eviction key=key-\\d+ fetch=no ttl=-1 la=\\d+ clsid=1 size=1000");
        }
    }

    @Test
    void watcherThatDoesNotRead_losesLinesButIsToldHowMany() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT.withThreads(1));
                Peer watcher = again()) {
            assertThat(watcher.ask("watch fetchers")).isEqualTo("OK");
            int gets = 0;
            while (!moved(peer, "log_watcher_skipped")) {
                for (int i = 0; i < 1000; i++) {
                    peer.send("get key-with-a-name-that-is-rather-long-" + gets++ + "\r\n");
                }
                for (int i = 0; i < 1000; i++) {
                    assertThat(peer.line()).isEqualTo("END");
                }
            }
            long sent = Long.parseLong(peer.stat("log_watcher_sent"));
            long told = 0;
            long skipped = 0;
            boolean last = false;
            while (told < sent || !last) {
                if (told == sent) { // a line that finds room brings the count of those that did not
                    peer.ask("get last");
                    gets++;
                    sent++;
                }
                String line = watcher.line();
                boolean skips = line.startsWith("skipped=");
                told += skips ? 0 : 1;
                skipped += skips ? Long.parseLong(line.substring(8)) : 0;
                last = line.contains("key=last ");
            }

            assertThat(skipped).isPositive();
            assertThat(told + skipped).isEqualTo(gets);
        }
    }

    @Test
    void watchers_tooMany_areRefused() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            List<Peer> watchers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Peer watcher = again();
                assertThat(watcher.ask("watch")).isEqualTo("OK");
                watchers.add(watcher);
            }
            assertThat(peer.ask("watch")).isEqualTo("WATCHER_TOO_MANY log watcher limit reached");
            for (Peer watcher : watchers) {
                watcher.close();
            }
            until("nobody watches", () -> peer.stat("log_watchers").equals("0"));
        }
    }

    @Test
    void detail_on_countsByPrefix() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT)) {
            assertThat(peer.ask("stats detail on")).isEqualTo("OK");
            until("every loop counts", () -> {
                peer.ask("get probe:x");
                return lines(peer, "stats detail dump", "END").size() == 1;
            });
            peer.ask("stats reset");
            peer.ask("set user:1 0 0 1\r\nx");
            lines(peer, "get user:1 user:2 none", "END");
            peer.ask("delete user:1");

            assertThat(lines(peer, "stats detail dump", "END")).containsExactly("PREFIX user get 2 hit 1 set 1 del 1");
        }
    }

    @Test
    void conns_areTold_withWhatTheyAreAt() throws IOException {
        try (Peer peer = open(ServerConfig.DEFAULT);
                Peer watcher = again()) {
            watcher.ask("watch evictions");
            ticker.advance(Duration.ofSeconds(5));
            Map<String, String> conns = AdminCommandsTest.stats(peer, "stats conns");

            assertThat(conns.get("1:addr")).matches("tcp:127.0.0.1:\\d+");
            assertThat(conns.get("1:listen_addr"))
                    .isEqualTo("tcp:127.0.0.1:" + servers.get(0).port());
            assertThat(conns).containsEntry("1:state", "conn_read").containsEntry("2:state", "conn_watch");
            assertThat(Long.parseLong(conns.get("2:secs_since_last_cmd"))).isBetween(4L, 5L);
        }
    }

    private Peer open(ServerConfig config) throws IOException {
        servers.add(CacheServer.open(
                config.withPort(0),
                ticker,
                InstantSource.fixed(Instant.ofEpochSecond(NOW)),
                new PrintStream(OutputStream.nullOutputStream())));
        Peer first = again();
        first.ask("get nothing"); // so that it is number 1
        return first;
    }

    private Peer again() throws IOException {
        return new Peer(servers.get(0).addresses().get(0));
    }

    /** Until the loop of one peer works for the watcher: that is a turn later. */
    private static void seen(Peer peer, Peer watcher) throws IOException {
        until("the loop knows of the watcher", () -> {
            peer.ask("get probe");
            return !peer.stat("log_watcher_sent").equals("0");
        });
        for (long left = Long.parseLong(peer.stat("log_watcher_sent")); left > 0; left--) {
            watcher.line();
        }
    }

    private Peer connectUntilSeen(Peer watcher) throws IOException {
        Peer peer = again();
        peer.ask("get nothing");
        assertThat(watcher.line()).matches(ANY_START + "type=conn_new rip=127.0.0.1 rport=\\d+ transport=tcp cfd=\\d+");
        return peer;
    }

    @FunctionalInterface
    private interface Condition {
        boolean holds() throws IOException;
    }

    private static void until(String what, Condition condition) {
        Await.until(what, () -> {
            try {
                return condition.holds();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static boolean moved(Peer peer, String counter) throws IOException {
        return !peer.stat(counter).equals("0");
    }

    private static List<String> lines(Peer peer, String command, String end) throws IOException {
        List<String> lines = new ArrayList<>();
        peer.send(command + "\r\n");
        for (String line = peer.line(); !line.equals(end); line = peer.line()) {
            lines.add(line);
        }
        return lines;
    }
}
