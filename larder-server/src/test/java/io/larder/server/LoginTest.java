package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.FakeTicker;
import io.larder.base.HostPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Login of text clients: the table of bytes, against Larder always and against a real memcached where one is named. */
class LoginTest {
    private static final String LOGIN = "set a 0 0 9\r\nme secret";

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private Path users;
    private CacheServer server;

    /** A block of the table: requests and answers in turn. */
    record Talk(String name, List<String> lines) {
        @Override
        public String toString() {
            return name;
        }
    }

    @BeforeEach
    void open(@TempDir Path folder) throws IOException {
        users = Files.writeString(folder.resolve("users"), "me:secret\nyou:a:b\n");
        server = CacheServer.open(
                ServerConfig.DEFAULT.withPort(0).withThreads(1).withVerbosity(2).withAuthFile(users),
                new FakeTicker(),
                InstantSource.system(),
                new PrintStream(log, true, UTF_8));
    }

    @AfterEach
    void close() {
        server.close();
    }

    static List<Talk> table() {
        try (InputStream in = LoginTest.class.getResourceAsStream("login.dialogues")) {
            List<Talk> talks = new ArrayList<>();
            String text = new String(in.readAllBytes(), UTF_8).replaceAll("(?m)^#.*\n", "");
            for (String block : text.strip().split("\n\n+", -1)) {
                List<String> lines = List.of(block.split("\n", -1));
                List<String> written = new ArrayList<>();
                for (int i = 1; i < lines.size(); i++) {
                    written.add(Dialogue.expand(lines.get(i), i % 2 == 1 ? ">" : "<"));
                }
                talks.add(new Talk(lines.get(0), written));
            }
            return talks;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("table")
    void larder_inOnePiece_answersTheSame(Talk talk) throws IOException {
        check(talk, server.addresses().get(0), Integer.MAX_VALUE / 2);
    }

    @ParameterizedTest
    @MethodSource("table")
    void larder_byteByByte_answersTheSame(Talk talk) throws IOException {
        check(talk, server.addresses().get(0), 1);
    }

    @ParameterizedTest
    @MethodSource("table")
    @EnabledIfSystemProperty(named = "larder.memcached.login", matches = ".+")
    void memcached_inOnePiece_answersTheSame(Talk talk) throws IOException {
        HostPort real = HostPort.parse(System.getProperty("larder.memcached.login"));
        check(talk, new InetSocketAddress(real.host(), real.portOr(0)), Integer.MAX_VALUE / 2);
    }

    private static void check(Talk talk, InetSocketAddress address, int chunk) throws IOException {
        try (Socket socket = Peer.connect(new Socket(), address)) {
            for (int i = 0; i < talk.lines.size(); i += 2) {
                byte[] request = talk.lines.get(i).getBytes(ISO_8859_1);
                for (int at = 0; at < request.length; at += chunk) {
                    socket.getOutputStream().write(request, at, Math.min(chunk, request.length - at));
                }
                String expected = talk.lines.get(i + 1);
                if (expected.equals("EOF")) {
                    assertThat(isClosed(socket)).isTrue();
                } else if (expected.equals("V\r\n")) {
                    assertThat(new String(socket.getInputStream().readNBytes(8), ISO_8859_1))
                            .isEqualTo("VERSION ");
                } else {
                    assertThat(new String(socket.getInputStream().readNBytes(expected.length()), ISO_8859_1))
                            .isEqualTo(expected);
                }
            }
        } catch (java.net.SocketException e) {
            assertThat(talk.lines).last().isEqualTo("EOF"); // closed while we still sent
        }
    }

    private static boolean isClosed(Socket socket) throws IOException {
        return socket.getInputStream().read() < 0;
    }

    @Test
    void pipelinedBeforeLogin_eachIsAnswered() throws IOException {
        try (Peer peer = new Peer(server.addresses().get(0))) {
            peer.send("get a\r\nset a 0 0 8\r\nme wrong\r\n" + LOGIN + "\r\nget a\r\nset b 0 0 1\r\nx\r\n");

            assertThat(peer.line()).isEqualTo("CLIENT_ERROR unauthenticated");
            assertThat(peer.line()).isEqualTo("CLIENT_ERROR authentication failure");
            assertThat(peer.line()).isEqualTo("STORED");
            assertThat(peer.line()).isEqualTo("END");
            assertThat(peer.line()).isEqualTo("STORED");
        }
    }

    @Test
    void logins_areCountedAndFailuresLoggedWithoutPasswordsOrControlCharacters() throws IOException {
        try (Peer peer = new Peer(server.addresses().get(0))) {
            assertThat(peer.ask("set a 0 0 15\r\n\u001b[31mme hunter2"))
                    .isEqualTo("CLIENT_ERROR authentication failure");
            assertThat(peer.ask(LOGIN)).isEqualTo("STORED");

            assertThat(peer.stat("auth_cmds")).isEqualTo("2");
            assertThat(peer.stat("auth_errors")).isEqualTo("1");
            peer.send("stats settings\r\n");
            assertThat(peer.linesUntil("END"))
                    .contains("STAT auth_enabled_ascii " + users)
                    .contains("STAT binding_protocol ascii");
        }
        assertThat(log.toString(UTF_8))
                .contains("login as \\x1b[31mme failed")
                .doesNotContain("\u001b")
                .doesNotContain("hunter2")
                .doesNotContain("secret");
    }

    @Test
    void announcedSize_beyondAnyMemory_holdsNothing() throws IOException {
        try (Peer peer = new Peer(server.addresses().get(0));
                Peer other = new Peer(server.addresses().get(0))) {
            peer.send("set a 0 0 999999999999\r\n" + "me secret ".repeat(1000));

            assertThat(other.ask(LOGIN)).isEqualTo("STORED");
            assertThat(other.stat("curr_connections")).isEqualTo("2");
        }
    }

    @Test
    void watcher_afterLogin_isFed() throws IOException {
        try (Peer watcher = new Peer(server.addresses().get(0));
                Peer other = new Peer(server.addresses().get(0))) {
            assertThat(watcher.ask(LOGIN)).isEqualTo("STORED");
            assertThat(watcher.ask("watch mutations")).isEqualTo("OK");
            assertThat(other.ask(LOGIN)).isEqualTo("STORED");
            assertThat(other.ask("set seen 0 0 1\r\nx")).isEqualTo("STORED");

            assertThat(watcher.line()).contains("key=seen");
        }
    }

    @Test
    void reload_changesWhoMayLogIn_butNotWhoHas() throws IOException {
        try (Peer early = new Peer(server.addresses().get(0));
                Peer late = new Peer(server.addresses().get(0))) {
            assertThat(early.ask(LOGIN)).isEqualTo("STORED");
            Files.writeString(users, "me:changed\n");
            assertThat(late.ask("set a 0 0 10\r\nme changed")).isEqualTo("CLIENT_ERROR authentication failure");

            server.reload();

            assertThat(log.toString(UTF_8)).contains("larder: users read again");
            assertThat(late.ask(LOGIN)).isEqualTo("CLIENT_ERROR authentication failure");
            assertThat(late.ask("set a 0 0 10\r\nme changed")).isEqualTo("STORED");
            assertThat(early.ask("get a")).isEqualTo("END");
        }
    }

    @Test
    void reload_brokenFile_leavesWhoWasKnown() throws IOException {
        Files.writeString(users, "hunter2\n");

        server.reload();

        assertThat(log.toString(UTF_8))
                .contains("larder: users stay as they were: line 1 of password file ")
                .doesNotContain("hunter2");
        try (Peer peer = new Peer(server.addresses().get(0))) {
            assertThat(peer.ask(LOGIN)).isEqualTo("STORED");
        }
    }
}
