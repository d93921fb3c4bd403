package io.larder.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.LarderException;
import io.larder.server.CacheServer;
import io.larder.server.Metric;
import io.larder.server.ServerConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminServerTest {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int LARGE = 16 << 20;

    private final FakeTicker ticker = new FakeTicker();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AdminServer admin = AdminServer.open("127.0.0.1", 0, log::add, ticker);

    @AfterEach
    void close() {
        admin.close();
        assertThat(log).isEmpty();
    }

    @Test
    void ready_isToldOnlyWhileClientsAreServed() throws IOException {
        assertThat(get("/ready")).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\nstarting\n");
        assertThat(get("/metrics")).startsWith("HTTP/1.1 503 ");
        admin.ready(List::of);
        assertThat(get("/ready")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nready\n");
        admin.stopping();
        assertThat(get("/ready")).startsWith("HTTP/1.1 503 ").endsWith("\r\n\r\nstopping\n");
        assertThat(get("/health")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nalive\n");
    }

    @Test
    void metrics_ofAServer_tellWhatItDid() throws IOException {
        try (CacheServer server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(2))) {
            admin.ready(server::metrics);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                client.setSoTimeout(TIMEOUT_MILLIS);
                client.getOutputStream().write("set a 0 0 1\r\nx\r\nget a b\r\nquit\r\n".getBytes(US_ASCII));
                client.getInputStream().readAllBytes();
            }

            String answer = get("/metrics");

            assertThat(answer).contains("Content-Type: text/plain; version=0.0.4; charset=utf-8\r\n");
            assertThat(answer.lines())
                    .contains(
                            "# TYPE larder_key_operations_total counter",
                            "larder_key_operations_total{command=\"get\",outcome=\"hit\"} 1",
                            "larder_key_operations_total{command=\"get\",outcome=\"miss\"} 1",
                            "larder_stores_total 1",
                            "larder_items 1",
                            "larder_accepted_connections_total 1",
                            "larder_memory_limit_bytes 67108864",
                            "# TYPE larder_items gauge");
            assertThat(answer).contains("larder_loop_cpu_seconds_total{loop=\"1\"} ");
        }
    }

    @Test
    void otherPagesAndMethods_areRefusedInOneLine() throws IOException {
        assertThat(get("/")).startsWith("HTTP/1.1 200 ").contains("/metrics", "/health", "/ready");
        assertThat(get("/health/x")).startsWith("HTTP/1.1 404 ").endsWith("\r\n\r\nno such page; / lists them\n");
        assertThat(ask("POST /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ")
                .contains("Allow: GET, HEAD\r\n")
                .endsWith("\r\n\r\nonly GET and HEAD\n");
        assertThat(ask("HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200 ")
                .endsWith("\r\n\r\n");
    }

    @Test
    void targets_mayBeWhole_andCarryAQuery() throws IOException {
        assertThat(get("http://localhost:1/health?a=/b")).startsWith("HTTP/1.1 200 ");
        assertThat(get("/health?")).startsWith("HTTP/1.1 200 ");
        assertThat(get("http://localhost")).startsWith("HTTP/1.1 200 ").contains("/metrics");
        assertThat(ask("GET /ready HTTP/1.0\n\n")).startsWith("HTTP/1.1 503 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"get a\r\n", "\r\n", "GET /health\r\n", "GET  /health HTTP/1.1\r\n", "PRI * HTTP/2.0\r\n"})
    void otherProtocols_areToldAtOnce(String line) throws IOException {
        assertThat(ask(line))
                .startsWith("HTTP/1.1 400 Bad Request\r\n")
                .endsWith("\r\n\r\nnot a request of HTTP/1.1\n");
    }

    @Test
    void peersWithoutEnd_areEndedInTime() throws IOException {
        List<Socket> stuck = halfRequests(8);

        assertThat(get("/health")).startsWith("HTTP/1.1 200 ");
        ticker.advance(AdminLoop.STEP_MAX.minusMillis(1));
        assertThat(get("/health")).startsWith("HTTP/1.1 200 ");
        for (Socket socket : stuck) {
            socket.getOutputStream().write('T'); // a byte now and then wins no time, and is no error yet
        }
        ticker.advance(Duration.ofMillis(1));

        for (Socket socket : stuck) {
            assertThat(untilEnd(socket)).isEmpty();
        }
    }

    @Test
    void halfRequests_of40Peers_holdNobodyUp() throws IOException {
        List<Socket> stuck = halfRequests(40);

        assertThat(get("/health")).startsWith("HTTP/1.1 200 ");

        assertThat(untilEnd(stuck.get(0))).isEmpty(); // the oldest made room
        Socket last = stuck.get(39);
        last.getOutputStream().write("TP/1.1\r\n\r\n".getBytes(US_ASCII));
        assertThat(untilEnd(last)).startsWith("HTTP/1.1 200 ");
        for (Socket socket : stuck) {
            socket.close();
        }
    }

    @Test
    void headersWithoutEnd_areRefused() throws IOException {
        assertThat(ask("GET /health HTTP/1.1\r\n" + "X-Header: 123456789\r\n".repeat(20_000)))
                .startsWith("HTTP/1.1 431 ")
                .endsWith("\r\n\r\nthe request exceeds 8192 bytes\n");
        assertThat(ask("G".repeat(8192))).startsWith("HTTP/1.1 431 ");
        assertThat(ask("GET /" + "h".repeat(8192))).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void bytesAfterTheRequest_areLeftUnanswered() throws IOException {
        String request = "GET /health HTTP/1.1\r\nContent-Length: 5\r\n\r\n";

        String answer = ask(request + request + "\0\uffff\r\n\r\n".repeat(50_000));

        assertThat(answer).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nalive\n");
        assertThat(answer.split("HTTP/1.1 ", -1)).hasSize(2);
    }

    @Test
    void slowReader_isEndedInTime_andHoldsNobodyUp() throws IOException {
        admin.ready(AdminServerTest::large);
        try (Socket slow = connect()) {
            slow.getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
            assertThat(slow.getInputStream().read()).isEqualTo('H');
            assertThat(get("/health")).startsWith("HTTP/1.1 200 ");
            ticker.advance(AdminLoop.STEP_MAX);
            assertThat(get("/health")).startsWith("HTTP/1.1 200 "); // its turns saw to the time of the other one

            assertThat(untilEnd(slow).length()).isPositive().isLessThan(LARGE);
        }
        assertThat(get("/metrics").length()).isGreaterThan(LARGE);
    }

    @Test
    void pageThatFails_endsItsConnectionOnly() throws IOException {
        admin.ready(() -> {
            throw new IllegalStateException("no metrics");
        });

        assertThat(get("/metrics")).isEmpty();
        assertThat(get("/health")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void close_endsRequestsUnderWay_andFreesThePort() throws IOException {
        admin.ready(AdminServerTest::large);
        List<Socket> peers = halfRequests(3);
        Socket slow = connect();
        slow.getOutputStream().write("GET /metrics HTTP/1.1\r\n\r\n".getBytes(US_ASCII));
        assertThat(slow.getInputStream().read()).isEqualTo('H');
        peers.add(slow);

        admin.close();

        for (Socket socket : peers) {
            assertThat(untilEnd(socket).length()).isLessThan(LARGE);
        }
        List<AdminServer> next = new ArrayList<>();
        try {
            Await.until("the port is free", () -> reopen(next));
            assertThat(get("/health")).startsWith("HTTP/1.1 200 ");
            assertThat(next.get(0).address()).isEqualTo(admin.address());
        } finally {
            next.forEach(AdminServer::close);
        }
    }

    /** False where somebody else's connection has been given that port meanwhile: it is one of those the system hands out. */
    private boolean reopen(List<AdminServer> opened) {
        try {
            opened.add(AdminServer.open("127.0.0.1", admin.address().getPort(), log::add));
            return true;
        } catch (LarderException e) {
            assertThat(e).hasMessageContaining("in use");
            return false;
        }
    }

    @Test
    void portInUse_isToldInOneLine() {
        assertThatThrownBy(() -> AdminServer.open("127.0.0.1", admin.address().getPort(), log::add))
                .isInstanceOf(LarderException.class)
                .hasMessageStartingWith("cannot listen for admin pages on 127.0.0.1 port ")
                .hasMessageEndingWith("choose another --admin-port or --admin-listen");
    }

    private String get(String page) throws IOException {
        return ask("GET " + page + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private String ask(String request) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        return untilEnd(socket);
    }

    private List<Socket> halfRequests(int count) throws IOException {
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Socket socket = connect();
            socket.getOutputStream().write("GET /health HT".getBytes(US_ASCII));
            peers.add(socket);
        }
        return peers;
    }

    /** What comes until the server ends the connection; one ended early may be reset. */
    private static String untilEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (socket) {
            socket.getInputStream().transferTo(all);
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (SocketException e) {
            assertThat(e).hasMessageContaining("reset");
        }
        return all.toString(ISO_8859_1);
    }

    /** More than the kernel takes on the way to a peer that does not read. */
    private static List<Metric> large() {
        return List.of(new Metric("a", Metric.Kind.GAUGE, "x".repeat(LARGE), List.of()));
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), admin.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setReceiveBufferSize(1 << 16); // or the kernel might take in a large answer for whoever does not read
        return socket;
    }
}
