package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nodes that are down, slow, or talk nonsense: each call ends in time, and never with a wrong value. */
@Timeout(60)
class MisbehavingNodeTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final String PATIENT = "?timeout=20s&connect=20s";

    /** Of {@link #keepUnused}, until the JVM ends. */
    private static final Queue<Socket> RESERVED = new ConcurrentLinkedQueue<>();

    @Test
    void call_nobodyListens_failsNamingNodeAndOperation() throws IOException {
        int port = unusedPort();
        try (Memcached memcached = Memcached.open("memcached://127.0.0.1:" + port + PATIENT)) {
            View<String> view = memcached.view(Codecs.text());

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageMatching(
                            "node 127\\.0\\.0\\.1:%d refused the connection \\(.+\\) during get after .+ ms; .*"
                                    .formatted(port));
            assertThat(view.lookup("k"))
                    .isInstanceOfSatisfying(
                            Lookup.Unavailable.class,
                            failed -> assertThat(failed.node()).isEqualTo("127.0.0.1:" + port));
        }
    }

    @Test
    void call_unknownHost_failsSoon() {
        String host = "x".repeat(64) + ".invalid"; // longer than any label of a name: no name server has to be asked
        try (Memcached memcached = Memcached.open("memcached://" + host + PATIENT)) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("node " + host + ":11211 has an unknown host name during get");
        }
    }

    @Test
    void call_connectionResetAtOnce_saysThatItWasAccepted() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.silent())) {
            server.behave((request, peer) -> server.dropConnections());
            try (Memcached memcached = Memcached.open("memcached://" + server.name() + PATIENT)) {
                assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                        .isInstanceOf(NodeUnavailableException.class)
                        .hasMessageContaining("accepted the connection, but broke it before it said its version (")
                        .hasMessageContaining("during get after");
            }
        }
    }

    @Test
    void call_neverAnswered_timesOutNamingNodeOperationAndTime() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(server.url("?timeout=100ms&stall=60s"))) {
            View<String> view = memcached.view(Codecs.text());
            Await.until("there is a connection", () -> view.lookup("k") instanceof Lookup.Absent<String>);
            server.behave(ScriptedServer.silent());
            long timeoutsBefore = stats(memcached).timeouts();
            long start = System.nanoTime();

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(CallTimeoutException.class)
                    .hasMessageStartingWith("node %s gave no reply to get within 100 ms", server.name());

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(100), Duration.ofSeconds(20));
            assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            assertThat(stats(memcached).timeouts() - timeoutsBefore).isEqualTo(2);
        }
    }

    @Test
    void lateReply_isDroppedAndTheConnectionGoesOn() throws IOException {
        CountDownLatch late = new CountDownLatch(1);
        ScriptedServer.Script normal = new MapScript();
        ScriptedServer.Script slowAtFirst = (request, peer) -> {
            if (request.equals("get slow")) {
                late.await();
                peer.send("VALUE slow 0 4\r\nlate\r\nEND\r\n");
            } else {
                normal.answer(request, peer);
            }
        };
        try (ScriptedServer server = ScriptedServer.start(slowAtFirst);
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("quick", "value", TTL);
            assertThatThrownBy(() -> view.within(Duration.ofMillis(50)).get("slow"))
                    .isInstanceOf(CallTimeoutException.class);

            late.countDown();

            assertThat(view.get("quick")).isEqualTo("value");
            assertThat(view.get("absent")).isNull();
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void headWithoutProgress_closesTheConnectionAndTheNextCallDialsAgain() throws Exception {
        FakeTicker ticker = new FakeTicker();
        ScriptedServer.Script normal = new MapScript();
        try (ScriptedServer server = ScriptedServer.start(normal);
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=10s&stall=200ms"))
                        .withTicker(ticker))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "v", TTL);
            server.behave(ScriptedServer.silent());
            Caller<String> caller = Caller.start(() -> String.valueOf(view.get("k")));
            Await.until("it is asked", () -> server.requests().contains("get k"));

            ticker.advance(Duration.ofMillis(201));

            assertThatThrownBy(caller::result)
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("sent nothing for");
            server.behave(normal);

            assertThat(view.get("k")).isEqualTo("v");
            Await.until("the loss is counted", () -> stats(memcached).connectionsLost() == 1);
            assertThat(stats(memcached).dials()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\n",
                "VALUE k 0 2\r\nabc\r\nEND\r\n",
                "VALUE other 0 1\r\nx\r\nEND\r\n",
                "VALUE k 0 1\r\nx\r\nVALUE k 0 1\r\ny\r\nEND\r\n",
                "VALUE k 0 1\r\nx\r\nSTORED\r\n",
                "STORED\r\n",
                "7\r\n",
                "ERROR\r\n",
                "SERVER_ERROR busy\r\n",
                "CLIENT_ERROR bad command line format\r\n",
                "\r\n"
            })
    void reply_thatIsNotOurs_closesTheConnectionAndFailsTheCall(String reply) throws IOException {
        ScriptedServer.Script normal = new MapScript();
        try (ScriptedServer server = ScriptedServer.start(normal);
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            view.set("k", "right", TTL);
            server.behave(ScriptedServer.always(reply));

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("node " + server.name())
                    .hasMessageContaining("during get after")
                    .message()
                    .doesNotContain("\r", "\n");
            server.behave(normal);

            assertThat(view.get("k")).isEqualTo("right");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void reply_cutInTheMiddle_failsAtOnce() throws IOException {
        ScriptedServer.Script halves = (request, peer) -> {
            peer.send("VALUE k 0 10\r\nhalf");
            peer.hangUp();
        };
        try (ScriptedServer server = ScriptedServer.start(halves);
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("closed the connection during get");
        }
    }

    @Test
    void reply_byteByByte_isRead() throws IOException {
        ScriptedServer.Script drips = (request, peer) -> {
            for (char c : "VALUE k 0 3\r\nabc\r\nEND\r\n".toCharArray()) {
                peer.send(String.valueOf(c));
            }
        };
        try (ScriptedServer server = ScriptedServer.start(drips);
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            assertThat(memcached.view(Codecs.text()).get("k")).isEqualTo("abc");
        }
    }

    @Test
    void errorInSync_failsOnlyItsOwnCall() throws IOException {
        String refusal = "CLIENT_ERROR cannot increment or decrement non-numeric value\r\n";
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always(refusal));
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());

            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> view.incr("k", 1)).isExactlyInstanceOf(MemcachedException.class);
            }

            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void nodeThatOnlyAccepts_isNotDialledAtEveryCall() throws IOException {
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> peer.hangUp());
                Memcached memcached = Memcached.open(server.url(PATIENT))) {
            View<String> view = memcached.view(Codecs.text());
            long start = System.nanoTime();

            for (int i = 0; i < 200; i++) {
                assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            }

            long seconds = 1 + Duration.ofNanos(System.nanoTime() - start).toSeconds();
            assertThat(stats(memcached).dials()).isLessThanOrEqualTo(6 * seconds);
        }
    }

    @Test
    void deadNode_failsAtOnceUntilItIsTriedAgain_andIsUsedWhenItReturns() throws IOException {
        FakeTicker ticker = new FakeTicker();
        try (ScriptedServer down = ScriptedServer.start(new MapScript());
                Memcached memcached =
                        Memcached.open(MemcachedConfig.parse(down.url(PATIENT)).withTicker(ticker))) {
            down.stop();
            View<String> view = memcached.view(Codecs.text());
            assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageMatching(".*, so get failed at once; the next call after .+ ms connects again; .*");

            try (ScriptedServer server = down.startAgain(new MapScript())) {
                assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
                ticker.advance(Duration.ofMillis(50));

                assertThat(view.lookup("k")).isInstanceOf(Lookup.Absent.class);
                assertThat(server.connections()).isEqualTo(1);
            }
        }
    }

    @Test
    void largeValues_toANodeThatDoesNotRead_timeOutInTime() throws IOException {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> never.await());
                Memcached memcached = Memcached.open(server.url("?timeout=150ms&stall=60s"))) {
            View<byte[]> view = memcached.view(Codecs.bytes());

            for (int i = 0; i < 5; i++) {
                long start = System.nanoTime();
                assertThatThrownBy(() -> view.set("k", new byte[1 << 20], TTL))
                        .isInstanceOf(CallTimeoutException.class);
                assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
            }
        }
    }

    @Test
    void nodeThatDoesNotAccept_timesOutAtTheDeadlineOfTheCall() throws IOException {
        try (BlackHole hole = BlackHole.open();
                Memcached memcached =
                        Memcached.open("memcached://%s?timeout=100ms&connect=30s".formatted(hole.node()))) {
            View<String> view = memcached.view(Codecs.text());
            long start = System.nanoTime();

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(CallTimeoutException.class)
                    .hasMessageContaining(
                            "node %s was not connected within 100 ms for get; nothing was sent", hole.node());

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            assertThat(view.lookup("k")).isInstanceOf(Lookup.Unavailable.class);
            assertThat(stats(memcached).dials()).as("the dial goes on").isEqualTo(1);
        }
    }

    @Test
    void nodeThatDoesNotAccept_aDialEndsAtItsLimit() throws IOException {
        try (BlackHole hole = BlackHole.open();
                Memcached memcached =
                        Memcached.open("memcached://%s?timeout=30s&connect=100ms".formatted(hole.node()))) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("did not accept a connection or say its version within 100 ms");

            assertThat(stats(memcached).dials()).isEqualTo(1);
        }
    }

    @Test
    void callerThatSleptThroughItsDeadline_stillTakesTheReplyThatIsThere() throws Exception {
        FakeTicker ticker = new FakeTicker();
        CountDownLatch release = new CountDownLatch(1);
        ScriptedServer.Script held = (request, peer) -> {
            release.await();
            peer.send("VALUE k 0 1\r\nx\r\nEND\r\n");
        };
        try (ScriptedServer server = ScriptedServer.start(held);
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=100ms&stall=1d"))
                        .withTicker(ticker))) {
            View<String> view = memcached.view(Codecs.text());
            Caller<String> caller = Caller.start(() -> String.valueOf(view.get("k")));
            Await.until("the request is there", () -> !server.requests().isEmpty());

            ticker.advance(Duration.ofSeconds(5)); // a collection, a suspended machine
            release.countDown();

            assertThat(caller.result()).isEqualTo("x");
        }
    }

    @Test
    void fullConnection_refusesFurtherCallsAfterTheirDeadline() throws IOException {
        try (ScriptedServer server = ScriptedServer.start(new MapScript());
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=100ms&stall=60s"))
                        .withLimits(Limits.DEFAULT.withValueBytesMax(100).withInFlight(2, 1000)))) {
            View<String> view = memcached.view(Codecs.text());
            Await.until("there is a connection", () -> view.lookup("k") instanceof Lookup.Absent<String>);
            server.behave(ScriptedServer.silent());
            assertThatThrownBy(() -> view.get("a")).isInstanceOf(CallTimeoutException.class);
            assertThatThrownBy(() -> view.get("b")).isInstanceOf(CallTimeoutException.class);

            assertThatThrownBy(() -> view.get("c"))
                    .isInstanceOf(OverloadedException.class)
                    .hasMessageContaining("has 2 requests in flight, no room for get within 100 ms");

            assertThat(server.requests()).doesNotContain("get c");
        }
    }

    @Test
    void close_callsInFlightFail_laterOnesAreRefused() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        try (ScriptedServer server = ScriptedServer.start((request, peer) -> asked.countDown())) {
            Memcached memcached = Memcached.open(server.url(PATIENT));
            View<String> view = memcached.view(Codecs.text());
            Caller<Lookup<String>> caller = Caller.start(() -> view.lookup("k"));
            asked.await();

            memcached.close();
            memcached.close();

            assertThat(caller.result()).isInstanceOf(Lookup.Unavailable.class);
            assertThatThrownBy(() -> view.get("k")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> view.lookup("k")).isInstanceOf(IllegalStateException.class);
        }
    }

    private static NodeStats stats(Memcached memcached) {
        return memcached.stats().values().iterator().next();
    }

    /** A port that refuses connections, and that nobody else gets. */
    static int unusedPort() throws IOException {
        return keepUnused(0);
    }

    /** Sees to it that nobody gets a port any more; 0 for any. */
    static int keepUnused(int port) throws IOException {
        Socket reserved = ScriptedServer.reserve(port);
        RESERVED.add(reserved);
        return reserved.getLocalPort();
    }
}
