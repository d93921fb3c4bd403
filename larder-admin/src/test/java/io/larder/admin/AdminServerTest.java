package io.larder.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.LarderException;
import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdminServerTest {
    private static final int TIMEOUT_MILLIS = 30_000;

    private final AdminServer admin = AdminServer.open("127.0.0.1", 0);

    @AfterEach
    void close() {
        admin.close();
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

            assertThat(answer).contains("Content-type: text/plain; version=0.0.4; charset=utf-8\r\n");
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
    void peersWithoutEnd_holdNobodyUpForLong() throws IOException {
        List<Socket> stuck = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Socket socket = connect();
            socket.getOutputStream().write("GET /health HT".getBytes(US_ASCII));
            stuck.add(socket);
        }

        assertThat(get("/health")).startsWith("HTTP/1.1 200 ");

        for (Socket socket : stuck) {
            assertThat(socket.getInputStream().readAllBytes()).isEmpty(); // closed by the server
            socket.close();
        }
    }

    @Test
    void portInUse_isToldInOneLine() {
        assertThatThrownBy(() -> AdminServer.open("127.0.0.1", admin.address().getPort()))
                .isInstanceOf(LarderException.class)
                .hasMessageStartingWith("cannot listen for admin pages on 127.0.0.1 port ")
                .hasMessageEndingWith("choose another --admin-port or --admin-listen");
    }

    private String get(String page) throws IOException {
        return ask("GET " + page + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    private String ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), US_ASCII);
        }
    }

    private Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), admin.address().getPort());
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }
}
