package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.storage.StorageConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CacheServerTest {
    private static final int LARGE = 1_000_000;

    private final FakeTicker ticker = new FakeTicker();
    private final Instant now = Instant.parse("2026-11-21T12:00:00Z");
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<CacheServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(CacheServer::close);
    }

    @Test
    void connections_beyondTheLimit_areToldAndClosed() throws IOException {
        InetSocketAddress server =
                open(ServerConfig.DEFAULT.withConnectionsMax(2).withVerbosity(1));
        Peer first = new Peer(server);
        Peer second = new Peer(server);
        assertThat(first.ask("get a")).isEqualTo("END");
        assertThat(second.ask("get a")).isEqualTo("END");

        try (Peer third = new Peer(server)) {
            assertThat(third.line()).isEqualTo("ERROR Too many open connections");
            assertThat(third.isClosedByServer()).isTrue();
        }

        assertThat(first.stat("rejected_connections")).isEqualTo("1");
        assertThat(first.stat("curr_connections")).isEqualTo("2");
        second.close();
        Await.until("the place is free", () -> stat(first, "curr_connections").equals("1"));
        try (Peer fourth = new Peer(server)) {
            assertThat(fourth.ask("get a")).isEqualTo("END");
        }
        first.close();
    }

    @Test
    void idlePeer_isClosedAndCounted_butNotOneThatAsks() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1).withIdleTimeout(Duration.ofSeconds(10)));
        try (Peer quiet = new Peer(server);
                Peer busy = new Peer(server)) {
            assertThat(quiet.ask("get a")).isEqualTo("END");
            assertThat(busy.ask("get a")).isEqualTo("END");
            ticker.advance(Duration.ofSeconds(6));
            assertThat(busy.ask("get a")).isEqualTo("END");
            ticker.advance(Duration.ofSeconds(6));

            assertThat(quiet.isClosedByServer()).isTrue();

            assertThat(busy.stat("idle_kicks")).isEqualTo("1");
            assertThat(busy.stat("curr_connections")).isEqualTo("1");
        }
    }

    @Test
    void turn_ofSoManyRequests_isLeftToOthersAndGoneOnWith() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1).withRequestsPerTurn(20));
        try (Peer peer = new Peer(server)) {
            peer.send("version\r\n".repeat(100));

            for (int i = 0; i < 100; i++) {
                assertThat(peer.line()).startsWith("VERSION");
            }

            assertThat(Integer.parseInt(peer.stat("conn_yields"))).isBetween(1, 5);
        }
    }

    @Test
    void slowReader_holdsUpNobodyAndGetsEverything() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        int requests = 40;
        String value = "v".repeat(LARGE);
        try (Peer slow = new Peer(server);
                Peer other = new Peer(server)) {
            assertThat(other.ask("set big 0 0 " + LARGE + "\r\n" + value)).isEqualTo("STORED");
            slow.send("get big\r\n".repeat(requests) + "set last 0 0 1\r\nx\r\n");

            for (int i = 0; i < 100; i++) {
                assertThat(other.ask("get none")).isEqualTo("END");
            }
            assertThat(other.ask("get last")).isEqualTo("END"); // what lies behind unsent replies is not served

            for (int i = 0; i < requests; i++) {
                assertThat(slow.line()).isEqualTo("VALUE big 0 " + LARGE);
                assertThat(slow.bytes(LARGE)).isEqualTo(value);
                assertThat(slow.line()).isEmpty();
                assertThat(slow.line()).isEqualTo("END");
            }
            assertThat(slow.line()).isEqualTo("STORED");
        }
    }

    @Test
    void replyUnderWay_keyReplaced_staysAsItWas() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        int items = 16;
        try (Peer slow = new Peer(server);
                Peer other = new Peer(server)) {
            for (int i = 0; i < items; i++) {
                other.ask("set k" + i + " 0 0 " + LARGE + "\r\n" + "a".repeat(LARGE));
            }
            slow.send("get k0\r\nget k1\r\nget k2\r\nget k3\r\nget k4\r\nget k5\r\nget k6\r\nget k7\r\n");
            Await.until("the first reply is under way", () -> metric("larder_sent_bytes") > LARGE / 2);

            for (int i = 0; i < items; i++) {
                other.ask("set k" + i + " 0 0 " + LARGE + "\r\n" + "b".repeat(LARGE));
            }

            for (int i = 0; i < 8; i++) {
                slow.line();
                String value = slow.bytes(LARGE);
                assertThat(value).isIn("a".repeat(LARGE), "b".repeat(LARGE)); // one or the other, never both
                slow.line();
                slow.line();
            }
        }
    }

    @Test
    void incompleteValues_beyondTheBudget_areRefusedInStep() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        String most = "x".repeat(LARGE - 1);
        List<Peer> halves = new ArrayList<>();
        long sentBytes = 0;
        for (int i = 0; i < 40; i++) {
            Peer half = new Peer(server);
            String unfinished = "set k" + i + " 0 0 " + LARGE + "\r\n" + most;
            half.send(unfinished);
            sentBytes += unfinished.length();
            halves.add(half);
        }
        // sockets take megabytes: a server that is behind would otherwise finish some before it begins the others
        long allBytes = sentBytes;
        Await.until("the server has read them all", () -> metric("larder_received_bytes") == allBytes);

        int refused = 0;
        for (Peer half : halves) {
            half.send("x\r\n");
            String answer = half.line();
            refused += answer.equals("SERVER_ERROR out of memory storing object") ? 1 : 0;
            assertThat(answer).isIn("STORED", "SERVER_ERROR out of memory storing object");
            assertThat(half.ask("get none")).isEqualTo("END");
            half.close();
        }

        assertThat(refused).isPositive().isLessThan(40);
    }

    @Test
    void idleHolders_ofAllTheMemory_areDroppedForOthers() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        String value = "v".repeat(LARGE);
        List<Peer> idle = new ArrayList<>();
        try (Peer other = new Peer(server)) {
            other.ask("set big 0 0 " + LARGE + "\r\n" + value);
            for (int i = 0; i < 60; i++) {
                Peer peer = new Peer(server);
                peer.send("get big\r\n".repeat(20));
                idle.add(peer);
            }
            useUpMemory(server, idle, other, value);

            Await.until("some are dropped, and it is there again", () -> {
                ticker.advance(Duration.ofSeconds(1));
                if (!store(other, value)) {
                    return false;
                }
                if (!stat(other, "larder_conn_dropped").equals("0")) {
                    return true;
                }
                // two that asked for the last memory at once may both have been refused, and then there was some again
                useUpMemory(server, idle, other, value);
                return false;
            });
        }
        for (Peer peer : idle) {
            peer.close();
        }
    }

    /** Sends values without their end until there is no room for a whole one: how many that takes depends on who comes first. */
    private static void useUpMemory(InetSocketAddress server, List<Peer> halves, Peer other, String value) {
        Await.until("the memory is used up", () -> {
            try {
                Peer half = new Peer(server);
                halves.add(half);
                half.send("set half 0 0 " + LARGE + "\r\n" + "x".repeat(LARGE - 1));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return !store(other, value);
        });
    }

    /** In two pieces, so that the server has to hold the first. */
    private static boolean store(Peer peer, String value) {
        try {
            peer.send("set own 0 0 " + value.length() + "\r\n" + value.substring(1));
            return peer.ask("v").equals("STORED");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void refusedValue_whoseBytesLookLikeCommands_isNeverCarriedOut() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        String command = "set victim 0 0 1\r\nx\r\n";
        String commands = command.repeat(LARGE / command.length() + 1);
        List<Peer> halves = new ArrayList<>();
        try (Peer other = new Peer(server);
                Peer attacker = new Peer(server)) {
            other.ask("set big 0 0 " + LARGE + "\r\n" + "v".repeat(LARGE));

            // two that ask for the last memory at once may both be refused, and then there is some again
            Await.until("the value is refused", () -> {
                useUpMemory(server, halves, other, "v".repeat(LARGE));
                return isRefused(attacker, commands);
            });

            assertThat(attacker.ask("get victim")).isEqualTo("END");
        }
        for (Peer half : halves) {
            half.close();
        }
    }

    /** Behind so many replies that the server has to hold what follows. */
    private static boolean isRefused(Peer peer, String value) {
        try {
            peer.send("get none\r\n".repeat(200) + "set doc 0 0 " + value.length() + "\r\n" + value + "\r\n");
            for (int i = 0; i < 200; i++) {
                assertThat(peer.line()).isEqualTo("END");
            }
            String answer = peer.line();
            assertThat(answer).isIn("STORED", "SERVER_ERROR out of memory storing object");
            return !answer.equals("STORED");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void outputEnded_everyRequestBeforeIsAnswered() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        try (Peer peer = new Peer(server)) {
            peer.send("get none\r\n".repeat(3000));
            peer.endOutput();

            for (int i = 0; i < 3000; i++) {
                assertThat(peer.line()).isEqualTo("END");
            }
            assertThat(peer.isClosedByServer()).isTrue();
        }
    }

    @Test
    void multiget_cutWhileOthersAsk_keepsItsVerb() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        try (Peer cut = new Peer(server);
                Peer other = new Peer(server)) {
            other.ask("set k1 0 0 1\r\nx");
            other.ask("set k2 0 0 1\r\ny");
            cut.send("get k1 k");
            assertThat(cut.line()).isEqualTo("VALUE k1 0 1");
            assertThat(other.ask("gat -1 none")).isEqualTo("END");
            cut.send("2\r\n");

            assertThat(cut.line()).isEqualTo("x");
            assertThat(cut.line()).isEqualTo("VALUE k2 0 1");
            assertThat(other.ask("get k2")).isEqualTo("VALUE k2 0 1");
        }
    }

    @Test
    void pipeline_withoutEnd_leavesTurnsToOthers() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        int requests = 50_000;
        try (Peer busy = new Peer(server);
                Peer other = new Peer(server)) {
            Thread sender = new Thread(() -> {
                try {
                    busy.send("get aaaaaaaaaa\r\n".repeat(requests));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            sender.start();
            for (int i = 0; i < 20; i++) {
                assertThat(other.ask("get none")).isEqualTo("END");
            }
            for (int i = 0; i < requests; i++) {
                assertThat(busy.line()).isEqualTo("END");
            }
            assertThat(Long.parseLong(other.stat("conn_yields"))).isPositive();
            assertThat(other.stat("cmd_get")).isEqualTo(String.valueOf(requests + 20));
        }
    }

    @Test
    void randomRequests_cutAnywhere_answerAsAMapDoes() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(2));
        Random random = new Random(42);
        Map<String, String> model = new HashMap<>();
        try (Peer peer = new Peer(server)) {
            for (int batch = 0; batch < 200; batch++) {
                StringBuilder requests = new StringBuilder();
                StringBuilder expected = new StringBuilder();
                for (int i = 0; i < 50; i++) {
                    String key = "key" + random.nextInt(30);
                    if (random.nextInt(3) == 0) {
                        int size = random.nextInt(10) == 0 ? random.nextInt(200_000) : random.nextInt(200);
                        String value = String.valueOf((char) ('a' + random.nextInt(26)))
                                .repeat(size);
                        requests.append("set %s 3 0 %d\r\n%s\r\n".formatted(key, size, value));
                        expected.append("STORED\r\n");
                        model.put(key, value);
                    } else if (random.nextInt(5) == 0) {
                        requests.append("delete %s\r\n".formatted(key));
                        expected.append(model.remove(key) == null ? "NOT_FOUND\r\n" : "DELETED\r\n");
                    } else {
                        requests.append("get %s nothing\r\n".formatted(key));
                        String value = model.get(key);
                        expected.append(
                                value == null ? "" : "VALUE %s 3 %d\r\n%s\r\n".formatted(key, value.length(), value));
                        expected.append("END\r\n");
                    }
                }
                Thread sender =
                        new Thread(() -> sendInPieces(peer, requests.toString(), new Random(requests.length())));
                sender.start();

                assertThat(peer.bytes(expected.length())).isEqualTo(expected.toString());
            }
        }
    }

    private static void sendInPieces(Peer peer, String text, Random random) {
        try {
            for (int at = 0; at < text.length(); ) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(random.nextBoolean() ? 30 : 100_000));
                peer.send(text.substring(at, end));
                at = end;
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void exptimes_followMemcachedsRules() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        long absolute = now.getEpochSecond() + 100;
        try (Peer peer = new Peer(server)) {
            peer.ask("set relative 0 100 1\r\nx");
            peer.ask("set absolute 0 " + absolute + " 1\r\nx");
            peer.ask("set month 0 2592000 1\r\nx");
            peer.ask("set never 0 0 1\r\nx");
            ticker.advance(Duration.ofMillis(98_900));
            assertThat(peer.ask("get relative")).isEqualTo("VALUE relative 0 1");
            peer.line();
            peer.line();
            ticker.advance(Duration.ofMillis(1_100));

            assertThat(peer.ask("get relative absolute")).isEqualTo("END");
            assertThat(peer.ask("touch month 10")).isEqualTo("TOUCHED");
            ticker.advance(Duration.ofSeconds(10));
            assertThat(peer.ask("get month")).isEqualTo("END");
            ticker.advance(Duration.ofDays(3650));
            assertThat(peer.ask("get never")).isEqualTo("VALUE never 0 1");
        }
    }

    @Test
    void full_whatIsUsed_staysAndTheBoundHolds() throws IOException {
        InetSocketAddress server =
                open(ServerConfig.DEFAULT.withThreads(1).withStorage(StorageConfig.DEFAULT.withBytes(4 << 20)));
        String value = "v".repeat(10_000);
        try (Peer peer = new Peer(server)) {
            peer.ask("set kept 0 0 1\r\nx");
            for (int i = 0; i < 1000; i++) {
                assertThat(peer.ask("set k" + i + " 0 0 10000\r\n" + value)).isEqualTo("STORED");
                assertThat(peer.ask("get kept")).isEqualTo("VALUE kept 0 1");
                peer.line();
                peer.line();
            }
            // the store's own thread may evict some more for its reserve, even between two counts of one answer
            Await.until("what is not there has been evicted", () -> {
                Map<String, String> stats = stats(peer);
                long items = Long.parseLong(stats.get("curr_items"));
                assertThat(items).isBetween(200L, 420L);
                assertThat(Long.parseLong(stats.get("bytes"))).isLessThanOrEqualTo(4 << 20);
                return Long.parseLong(stats.get("evictions")) == 1001 - items;
            });
            assertThat(peer.ask("get k999")).isEqualTo("VALUE k999 0 10000");
        }
    }

    @Test
    void stats_countWhatWasAsked() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(2));
        try (Peer peer = new Peer(server)) {
            peer.ask("set n 0 0 1\r\n1");
            peer.ask("get none");
            peer.ask("incr n 1");
            peer.ask("incr none 1");
            peer.ask("delete none");
            peer.ask("cas n 0 0 1 99\r\nx");

            assertThat(peer.stat("cmd_set")).isEqualTo("2");
            assertThat(peer.stat("get_misses")).isEqualTo("1");
            assertThat(peer.stat("incr_hits")).isEqualTo("1");
            assertThat(peer.stat("incr_misses")).isEqualTo("1");
            assertThat(peer.stat("delete_misses")).isEqualTo("1");
            assertThat(peer.stat("cas_badval")).isEqualTo("1");
            assertThat(peer.stat("time")).isEqualTo(String.valueOf(now.getEpochSecond()));
            assertThat(peer.ask("stats reset")).isEqualTo("RESET");
            assertThat(peer.stat("cmd_set")).isEqualTo("0");
            assertThat(peer.stat("curr_items")).isEqualTo("1");
        }
    }

    @Test
    void verbosity_two_logsCommandsEscaped() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withThreads(1));
        try (Peer peer = new Peer(server)) {
            peer.ask("get silent");
            assertThat(log.toString(StandardCharsets.UTF_8)).isEmpty();

            peer.ask("verbosity 2");
            peer.ask("set \u001b[31m 0 0 6\r\nsecret");

            assertThat(log.toString(StandardCharsets.UTF_8))
                    .contains("set \\x1b[31m")
                    .doesNotContain("secret");
        }
    }

    @Test
    void close_endsConnectionsAndFreesThePort() throws IOException {
        InetSocketAddress address = open(ServerConfig.DEFAULT.withThreads(2));
        try (Peer peer = new Peer(address)) {
            assertThat(peer.ask("get a")).isEqualTo("END");

            servers.get(0).close();

            assertThat(peer.isClosedByServer()).isTrue();
            Await.until("the port is free", () -> reopen(address.getPort()));
            assertThat(servers.get(1).port()).isEqualTo(address.getPort());
        }
    }

    /** False where somebody else's connection has been given that port meanwhile: it is one of those the system hands out. */
    private boolean reopen(int port) {
        try {
            servers.add(CacheServer.open(ServerConfig.DEFAULT.withPort(port)));
            return true;
        } catch (LarderException e) {
            assertThat(e).hasMessageContaining("in use");
            return false;
        }
    }

    /** What all loops together have counted; unlike {@code stats} over a connection, asking moves no bytes. */
    private double metric(String name) {
        return servers.get(0).metrics().stream()
                .filter(metric -> metric.name().equals(name))
                .mapToDouble(metric -> metric.samples().get(0).value())
                .sum();
    }

    private static Map<String, String> stats(Peer peer) {
        try {
            return AdminCommandsTest.stats(peer, "stats");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String stat(Peer peer, String name) {
        try {
            return peer.stat(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private InetSocketAddress open(ServerConfig config) {
        CacheServer server = CacheServer.open(
                config.withPort(0),
                ticker,
                InstantSource.fixed(now),
                new PrintStream(log, true, StandardCharsets.UTF_8));
        servers.add(server);
        return server.addresses().get(0);
    }
}
