package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Await;
import io.larder.base.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server process from start to stop, as whoever runs memcached sees it. */
class ServeLifeTest {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final List<String> JVM = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM", "USR1"})
    void signal_thatStops_exitsWithZeroAndTakesThePidFileAway(String signal) throws Exception {
        Path pidFile = folder.resolve("pid");
        try (ServeProcess server = new ServeProcess(JVM, "-P", pidFile.toString())) {
            assertThat(Files.readString(pidFile)).isEqualTo(server.pid() + "\n");

            server.signal(signal);

            assertThat(server.awaitExit()).isZero();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void hup_keepsItRunning() throws Exception {
        try (ServeProcess server = new ServeProcess(JVM)) {
            server.signal("HUP");

            Await.until(
                    "it has said so",
                    () -> server.log().stream().anyMatch(line -> line.contains("nothing to read again")));
            ask(server, "version\r\n", "VERSION");
        }
    }

    @Test
    void hup_readsUsersAgain() throws Exception {
        Path users = Files.writeString(folder.resolve("users"), "me:secret\n");
        try (ServeProcess server = new ServeProcess(JVM, "-Y", users.toString())) {
            ask(server, "get a\r\n", "CLIENT_ERROR unauthenticated");
            ask(server, "set a 0 0 9\r\nme secret\r\n", "STORED");
            Files.writeString(users, "me:changed\n");
            server.signal("HUP");

            Await.until("it has said so", () -> server.log().contains("larder: users read again"));
            ask(server, "set a 0 0 9\r\nme secret\r\n", "CLIENT_ERROR authentication failure");
            ask(server, "set a 0 0 10\r\nme changed\r\n", "STORED");
        }
    }

    @Test
    void hup_readsCertificatesAgain() throws Exception {
        TestCertificates certificates = TestCertificates.get();
        Path chain = Files.copy(certificates.chain("server"), folder.resolve("chain"));
        Path key = Files.copy(certificates.key("server"), folder.resolve("key"));
        try (ServeProcess server =
                new ServeProcess(JVM, "-Z", "-o", "ssl_chain_cert=%s,ssl_key=%s".formatted(chain, key))) {
            assertThat(certificateOf(server)).isEqualTo("CN=server");
            Files.copy(certificates.chain("renewed"), chain, StandardCopyOption.REPLACE_EXISTING);
            Files.copy(certificates.key("renewed"), key, StandardCopyOption.REPLACE_EXISTING);

            server.signal("HUP");

            Await.until("it has said so", () -> server.log().contains("larder: certificates read again"));
            assertThat(certificateOf(server)).isEqualTo("CN=renewed");
            assertThat(server.terminate()).isZero();
        }
    }

    /** Speaks TLS, and answers who the server says it is. */
    private static String certificateOf(ServeProcess server) throws IOException {
        try (SSLSocket socket = (SSLSocket) TestCertificates.get()
                .client("")
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write("version\r\n".getBytes(US_ASCII));
            assertThat(new String(socket.getInputStream().readNBytes(8), US_ASCII))
                    .isEqualTo("VERSION ");
            X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"shutdown", "shutdown graceful"})
    void shutdown_whereAllowed_endsTheServer(String command) throws Exception {
        try (ServeProcess server = new ServeProcess(JVM, "-A")) {
            ask(server, "shutdown now\r\n", "CLIENT_ERROR invalid shutdown mode");

            ask(server, command + "\r\n", "");

            assertThat(server.awaitExit()).isZero();
        }
    }

    @Test
    void refusedCommands_answerMemcachedsLines() throws Exception {
        try (ServeProcess server = new ServeProcess(JVM, "-F")) {
            ask(server, "shutdown\r\n", "ERROR: shutdown not enabled");
            ask(server, "flush_all\r\n", "CLIENT_ERROR flush_all not allowed");
            ask(server, "flush_all noreply\r\nversion\r\n", "VERSION");
        }
    }

    @Test
    void looking_whereRefused_answersMemcachedsLines() throws Exception {
        try (ServeProcess server = new ServeProcess(JVM, "-XW")) {
            ask(server, "lru_crawler metadump all\r\n", "ERROR metadump not allowed");
            ask(server, "stats cachedump 1 2\r\n", "CLIENT_ERROR stats cachedump not allowed");
            ask(server, "watch\r\n", "CLIENT_ERROR watch commands not allowed");
        }
    }

    @Test
    void prefixes_byTheDelimiterGiven_areCounted() throws Exception {
        try (ServeProcess server = new ServeProcess(JVM, "-D/", "-o", "modern,track_sizes")) {
            ask(server, "set a/b 0 0 1\r\nx\r\n", "STORED");
            ask(server, "stats detail dump\r\n", "PREFIX a get 0 hit 0 set 1 del 0");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "USR1"})
    void memoryFile_orderlyStop_keepsItemsForTheNextStart(String signal) throws Exception {
        String[] flags = {"-m", "4", "-e", folder.resolve("items").toString()};
        try (ServeProcess server = new ServeProcess(JVM, flags)) {
            ask(server, "set a 5 0 1\r\nx\r\n", "STORED");
            ask(server, "set b 0 100 1\r\ny\r\n", "STORED");
            server.signal(signal);
            assertThat(server.awaitExit()).isZero();
        }

        try (ServeProcess server = new ServeProcess(JVM, flags)) {
            ask(server, "get a\r\n", "VALUE a 5 1\r\nx");
            assertThat(Integer.parseInt(ask(server, "mg b t\r\n", "HD t").substring(4)))
                    .isBetween(1, 99);
        }
    }

    @Test
    void unixSocket_killedServersFile_isTakenOverAndTakenAway() throws Exception {
        Path socket = folder.resolve("socket");
        String[] flags = {"-s", socket.toString(), "-a", "770"};
        try (ServeProcess killed = new ServeProcess(JVM, flags)) {
            killed.signal("KILL");
            assertThat(killed.awaitExit()).isEqualTo(137);
        }
        assertThat(socket).exists();

        try (ServeProcess server = new ServeProcess(JVM, flags);
                SocketChannel peer = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            peer.write(US_ASCII.encode("version\r\n"));
            ByteBuffer answer = ByteBuffer.allocate(8);
            while (answer.hasRemaining() && peer.read(answer) >= 0) {
                assertThat(peer.isOpen()).isTrue();
            }

            assertThat(US_ASCII.decode(answer.flip()).toString()).isEqualTo("VERSION ");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rwxrwx---");
            assertThat(server.terminate()).isZero();
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void portFile_tellsThePortsTaken() throws Exception {
        Path file = folder.resolve("ports");
        try (ServeProcess server = new ServeProcess(
                Map.of("MEMCACHED_PORT_FILENAME", file.toString()), JVM, "-l", "127.0.0.1,127.0.0.1:0")) {
            Await.until("the file is there", () -> Files.exists(file));

            assertThat(Files.readString(file)).matches("TCP INET: " + server.port() + "\nTCP INET: \\d+\n");
        }
    }

    @Test
    void pidFileOfALivingProcess_isSaidAndOverwritten() throws Exception {
        Path pidFile = folder.resolve("pid");
        long self = ProcessHandle.current().pid();
        Files.writeString(pidFile, self + "\n");

        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.larder.cli.Main",
                        "serve",
                        "-p",
                        "0",
                        "-P",
                        pidFile.toString())
                .redirectErrorStream(true)
                .start();
        try (var lines = server.inputReader(US_ASCII)) {
            assertThat(lines.readLine())
                    .isEqualTo("larder serve -P %s: it held the number of process %d, which runs; it is overwritten"
                            .formatted(pidFile, self));
            assertThat(lines.readLine()).contains("serves memcached clients");
            assertThat(Files.readString(pidFile)).isEqualTo(server.pid() + "\n");
        } finally {
            server.destroyForcibly();
        }
    }

    /** Sends, and answers the reply's first bytes, which must be those expected; none where the server hangs up. */
    private static String ask(ServeProcess server, String request, String expected) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write(request.getBytes(US_ASCII));
            StringBuilder reply = new StringBuilder();
            while (reply.length() < expected.length() || (!expected.isEmpty() && reply.indexOf("\n") < 0)) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    break;
                }
                reply.append((char) next);
            }
            assertThat(reply.toString()).startsWith(expected);
            return reply.toString().strip();
        }
    }
}
