package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.storage.StorageConfig;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one peer may ask, and what it can make the server hold; CacheServerTest has the limits by number and by time. */
class LimitsTest {
    private static final int LARGE = 1_000_000;
    private static final String TOO_LARGE = "SERVER_ERROR object too large for cache";

    /** Far beyond 30 days, so that the server asks what time it is. */
    private static final long ABSOLUTE = 4_000_000_000L;

    private final List<CacheServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(CacheServer::close);
    }

    @Test
    void listener_whileTheOnlyLoopIsBusy_takesAndRefusesAtOnce() throws IOException {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        InstantSource slowClock = () -> {
            if (Thread.currentThread().getName().startsWith("larder-loop")) {
                asked.countDown();
                awaitLatch(answer);
            }
            return Instant.EPOCH;
        };
        CacheServer server = open(ServerConfig.DEFAULT.withConnectionsMax(2), slowClock);
        InetSocketAddress address = server.addresses().get(0);
        try (Peer busy = new Peer(address);
                Peer second = new Peer(address)) {
            busy.send("touch a " + ABSOLUTE + "\r\n");
            awaitLatch(asked); // the loop is in the middle of this request from now on
            second.send("get a\r\n");
            Await.until(
                    "both have their places",
                    () -> server.metrics().stream()
                            .filter(metric -> metric.name().equals("larder_connections"))
                            .anyMatch(metric -> metric.samples().get(0).value() == 2));

            for (int i = 0; i < 20; i++) {
                try (Peer third = new Peer(address)) {
                    assertThat(third.line()).isEqualTo("ERROR Too many open connections");
                    assertThat(third.isClosedByServer()).isTrue();
                }
            }

            answer.countDown();
            assertThat(busy.line()).isEqualTo("NOT_FOUND");
            assertThat(second.line()).isEqualTo("END");
        } finally {
            answer.countDown();
        }
    }

    @Test
    void readersWhoReadNothing_makeTheServerHoldOneReplyEachAndNoMore() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT);
        int readers = 5;
        long heldMax = readers * (LARGE + 3L * EventLoop.READ_BUFFER_BYTES);
        List<Peer> slow = new ArrayList<>();
        try (Peer other = new Peer(server)) {
            assertThat(other.ask("set big 0 0 " + LARGE + "\r\n" + "v".repeat(LARGE)))
                    .isEqualTo("STORED");
            for (int i = 0; i < readers; i++) {
                Peer peer = new Peer(server);
                slow.add(peer);
                peer.send("get big\r\n".repeat(500)); // half a gigabyte, of which no byte is read
            }
            Await.until("something is held for each", () -> held(other) > readers * (LARGE / 2L));

            for (int i = 0; i < 50; i++) {
                assertThat(held(other)).isLessThanOrEqualTo(heldMax);
                assertThat(other.ask("get none")).isEqualTo("END");
            }
        } finally {
            for (Peer peer : slow) {
                peer.close();
            }
        }
    }

    private static long held(Peer peer) {
        try {
            return Long.parseLong(peer.stat("larder_buffer_bytes"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void backlogOfNone_servesAsMemcachedDoes() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT.withBacklog(0));

        for (int i = 0; i < 5; i++) {
            try (Peer peer = new Peer(server)) {
                assertThat(peer.ask("get none")).isEqualTo("END");
            }
        }
    }

    @Test
    void line_ofMoreThan2048Bytes_isToldAndClosed() throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT);
        String longest = "x".repeat(2046);
        try (Peer peer = new Peer(server)) {
            assertThat(peer.ask(longest)).isEqualTo("ERROR");
            assertThat(peer.ask("get none")).isEqualTo("END");

            assertThat(peer.ask(longest + "x")).isEqualTo("CLIENT_ERROR line too long");
            assertThat(peer.isClosedByServer()).isTrue();
        }
        try (Peer cut = new Peer(server)) {
            for (int i = 0; i < 2048; i++) {
                cut.send("x");
            }
            assertThat(cut.line()).isEqualTo("CLIENT_ERROR line too long");
            assertThat(cut.isClosedByServer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "get %s",
                "gets %s",
                "gat 0 %s",
                "gats 0 %s",
                "set %s 0 0 1",
                "add %s 0 0 1",
                "replace %s 0 0 1",
                "append %s 0 0 1",
                "prepend %s 0 0 1",
                "cas %s 0 0 1 1",
                "delete %s",
                "incr %s 1",
                "decr %s 1",
                "touch %s 0",
                "mg %s v",
                "ms %s 1",
                "md %s",
                "ma %s",
                "me %s"
            })
    void key_of250Bytes_isTheLongest(String form) throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT);
        try (Peer peer = new Peer(server)) {
            peer.send(form.formatted("k".repeat(250)) + "\r\n");
            if (form.matches("(set|add|replace|append|prepend|cas|ms) .*")) {
                peer.send("1\r\n"); // the value
            }
            assertThat(peer.line()).doesNotContain("ERROR");
        }
        try (Peer peer = new Peer(server)) {
            assertThat(peer.ask(form.formatted("k".repeat(251)))).startsWith("CLIENT_ERROR bad command line format");
        }
    }

    @Test
    void value_ofMoreThanTheItemLimit_isRefusedByEveryStore() throws IOException {
        InetSocketAddress server =
                open(ServerConfig.DEFAULT.withStorage(StorageConfig.DEFAULT.withValueBytesMax(1024)));
        String fits = "v".repeat(1024);
        String largest = "1024\r\n" + fits;
        String tooLarge = "1025\r\n" + fits + "v";
        try (Peer peer = new Peer(server)) {
            for (String command : List.of("set a 0 0 ", "replace a 0 0 ", "add b 0 0 ", "ms c ")) {
                assertThat(peer.ask("set a 0 0 1\r\nx")).isEqualTo("STORED"); // one beyond the limit takes the old away
                assertThat(peer.ask(command + largest)).as(command).isIn("STORED", "HD");
                assertThat(peer.ask(command + tooLarge)).as(command).isEqualTo(TOO_LARGE);
                assertThat(peer.ask("mn")).isEqualTo("MN"); // in step
            }
            peer.ask("set a 0 0 " + largest);
            for (String command : List.of("append a 0 0 ", "prepend a 0 0 ")) {
                assertThat(peer.ask(command + "1\r\nv")).as(command).isEqualTo(TOO_LARGE);
            }
            assertThat(peer.ask("gat 0 a")).isEqualTo("VALUE a 0 1024");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"})
    void http_isClosedAtOnceWithoutAWord(String verb) throws IOException {
        InetSocketAddress server = open(ServerConfig.DEFAULT);
        try (Peer browser = new Peer(server)) {
            browser.send(verb + " / HTTP/1.1\r\nHost: a\r\n\r\nset smuggled 0 0 1\r\nx\r\n");

            assertThat(browser.isClosedByServer()).isTrue();
        }
        try (Peer peer = new Peer(server)) {
            assertThat(peer.ask("get smuggled")).isEqualTo("END");
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        Await.until("the latch is open", () -> latch.getCount() == 0);
    }

    private InetSocketAddress open(ServerConfig config) {
        return open(config, InstantSource.system()).addresses().get(0);
    }

    private CacheServer open(ServerConfig config, InstantSource wallClock) {
        PrintStream log = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
        CacheServer server = CacheServer.open(config.withPort(0).withThreads(1), new FakeTicker(), wallClock, log);
        servers.add(server);
        return server;
    }
}
