package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.TestCertificates;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/**
 * Hostile peers against a server process, while a well-behaved client asks and must never notice.
 *
 * <p>Runs for {@code -Dlarder.hostile.seconds=600} ten minutes; without, for a few seconds.
 */
class HostileInputTest {
    private static final long SECONDS = Long.getLong("larder.hostile.seconds", 4);
    /** How much longer to go on until the dice have brought a flood. */
    private static final long FLOOD_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    /** So long the good client waits for an answer: far more than a server needs that answers everybody in turn. */
    private static final int TIMEOUT_MILLIS = 60_000;

    private static final int CONNECTIONS_MIN = 10_000;

    private static final int TLS_CONNECTIONS_MIN = 3_000;

    /** The code of TLS. */
    private static final long TLS_BESIDE_MB = 40;

    /** More than the peers hold, fewer than a flood opens. */
    private static final int CONNECTIONS_AT_A_TIME = 500;

    private static final long ITEMS_MB = 64;

    /** The bounds that the launcher sets for that many megabytes of items. */
    private static final long HEAP_MB = ITEMS_MB / 256 + 96;

    private static final long DIRECT_MB = ITEMS_MB + 64;

    /** Code, threads and what the collector needs, besides heap and items. */
    private static final long BESIDE_MB = 120;

    @Test
    void hostilePeers_leaveTheServerAnsweringBoundedAndQuiet() throws IOException, InterruptedException {
        try (ServeProcess server = start();
                Socket good = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            endure(server, good, new HostilePeers(server.port(), 20261121, null), CONNECTIONS_MIN, 0);
        }
    }

    @Test
    void hostilePeers_overTls_leaveTheServerAnsweringBoundedAndQuiet() throws IOException, InterruptedException {
        TestCertificates certificates = TestCertificates.get();
        SSLContext tls = certificates.client("");
        String files =
                "ssl_chain_cert=%s,ssl_key=%s".formatted(certificates.chain("server"), certificates.key("server"));
        try (ServeProcess server = start("-Z", "-o", files);
                Socket good = tls.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            endure(server, good, new HostilePeers(server.port(), 20261121, tls), TLS_CONNECTIONS_MIN, TLS_BESIDE_MB);
        }
    }

    private static ServeProcess start(String... flags) throws IOException {
        List<String> all =
                new ArrayList<>(List.of("-m", String.valueOf(ITEMS_MB), "-c", String.valueOf(CONNECTIONS_AT_A_TIME)));
        all.addAll(List.of(flags));
        return new ServeProcess(
                List.of(
                        "-Xmx" + HEAP_MB + "m",
                        "-XX:MaxDirectMemorySize=" + DIRECT_MB + "m",
                        "-XX:+UseSerialGC",
                        "-Xss512k"),
                all.toArray(String[]::new));
    }

    private static void endure(
            ServeProcess server, Socket good, HostilePeers hostile, long connectionsMin, long besideMb)
            throws IOException, InterruptedException {
        good.setSoTimeout(TIMEOUT_MILLIS);
        BufferedReader answers = new BufferedReader(new InputStreamReader(good.getInputStream(), US_ASCII));
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        long residentMax = 0;
        int asked = 0;
        ask(
                good, answers,
                asked); // shakes hands, for which the server gives but a few seconds, before there is trouble
        while (System.nanoTime() - end < 0
                || hostile.connections() < connectionsMin
                || (hostile.refused() == 0 && System.nanoTime() - end < FLOOD_PATIENCE_NANOS)) {
            hostile.trouble();
            asked++;
            ask(good, answers, asked);
            if (asked % 100 == 0) {
                residentMax = Math.max(residentMax, server.residentBytes());
            }
        }
        residentMax = Math.max(residentMax, server.residentBytes());
        hostile.goAway();

        System.out.printf(
                "hostile input: %d troubles, %d connections, %d hung up on, %d times full, %d answers right, resident at most %d MB, log lines %d%n",
                hostile.troubles(),
                hostile.connections(),
                hostile.hungUp(),
                hostile.refused(),
                asked,
                residentMax >> 20,
                server.log().size());
        assertThat(server.isAlive()).isTrue();
        assertThat(hostile.refused()).isPositive();
        assertThat(residentMax >> 20).isLessThan(HEAP_MB + ITEMS_MB + BESIDE_MB + besideMb);
        assertThat(server.log()).isEmpty();
        assertThat(server.terminate()).isZero();
    }

    private static void ask(Socket good, BufferedReader answers, int number) throws IOException {
        good.getOutputStream()
                .write("set good 0 0 %d\r\n%d\r\nget good\r\n"
                        .formatted(String.valueOf(number).length(), number)
                        .getBytes(US_ASCII));
        assertThat(answers.readLine()).isEqualTo("STORED");
        assertThat(answers.readLine()).startsWith("VALUE good 0 ");
        assertThat(answers.readLine()).isEqualTo(String.valueOf(number));
        assertThat(answers.readLine()).isEqualTo("END");
    }
}
