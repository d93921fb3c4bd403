package io.larder.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.FakeTicker;
import io.larder.base.HostPort;
import io.larder.base.LarderException;
import io.larder.base.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.get();
    private static final int LARGE = 1 << 20;

    private final FakeTicker ticker = new FakeTicker();
    private final ByteArrayOutputStream log = new ByteArrayOutputStream();
    private final List<CacheServer> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(CacheServer::close);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void request_overTls_isAnswered(String version) throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (Peer peer = peer(server, version)) {
            assertThat(peer.ask("set a 0 0 1\r\nx")).isEqualTo("STORED");
            assertThat(peer.ask("get a")).isEqualTo("VALUE a 0 1");
            peer.line();
            peer.line();
            assertThat(peer.stat("ssl_new_sessions")).isEqualTo("1");
            assertThat(peer.stat("ssl_handshake_errors")).isEqualTo("0");
            assertThat(peer.stat("time_since_server_cert_refresh")).isEqualTo("0");
        }
    }

    @ParameterizedTest
    @CsvSource({"TLSv1.2,1", "TLSv1.3,1", "TLSv1.2,7", "TLSv1.3,7", "TLSv1.2,1000", "TLSv1.3,1000"})
    void bytes_cutAnywhere_areTheSame(String version, int chunk) throws IOException {
        InetSocketAddress server = open(plainConfig());
        String value = "v".repeat(5000);

        try (Peer peer = new Peer(secure(Peer.connect(new ChoppedSocket(chunk), server), "", version))) {
            peer.send("set a 0 0 5000\r\n" + value + "\r\nget a\r\nget b\r\n");

            assertThat(peer.line()).isEqualTo("STORED");
            assertThat(peer.line()).isEqualTo("VALUE a 0 5000");
            assertThat(peer.line()).isEqualTo(value);
            assertThat(peer.line()).isEqualTo("END");
            assertThat(peer.line()).isEqualTo("END");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void largeValues_bothWays_stayWhole(String version) throws IOException {
        InetSocketAddress server = open(plainConfig());
        String value = "0123456789abcdef".repeat(LARGE / 16);
        int times = 20;

        try (Peer peer = peer(server, version)) {
            for (int i = 0; i < 3; i++) {
                assertThat(peer.ask("set big" + i + " 0 0 " + LARGE + "\r\n" + value))
                        .isEqualTo("STORED");
            }
            peer.send("get big0 big1 big2\r\n".repeat(times) + "mn\r\n"); // more than sockets hold
            for (int i = 0; i < times; i++) {
                for (int key = 0; key < 3; key++) {
                    assertThat(peer.line()).isEqualTo("VALUE big" + key + " 0 " + LARGE);
                    assertThat(peer.bytes(LARGE)).isEqualTo(value);
                    peer.line();
                }
                assertThat(peer.line()).isEqualTo("END");
            }
            assertThat(peer.line()).isEqualTo("MN");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void halfClosed_afterRequests_getsAllAnswersThenTheEnd(String version) throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (Peer peer = peer(server, version)) {
            peer.send("get none\r\n".repeat(3000));
            peer.endOutput();

            for (int i = 0; i < 3000; i++) {
                assertThat(peer.line()).isEqualTo("END");
            }
            assertThat(peer.isClosedByServer()).isTrue();
        }
    }

    @Test
    void quit_overTls_endsWithCloseNotify() throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (Peer peer = peer(server, "TLSv1.3")) {
            peer.send("mn\r\nquit\r\n");

            assertThat(peer.line()).isEqualTo("MN");
            assertThat(peer.isClosedByServer()).isTrue(); // an end without close_notify is an SSLException
        }
    }

    @Test
    void reload_newCertificate_isForNewConnections() throws IOException {
        Path chain = CERTIFICATES.file("changing.pem", "");
        Path key = CERTIFICATES.file("changing.key", "");
        install("server", chain, key);
        InetSocketAddress server = open(config(TlsConfig.of(chain, key)));
        try (SSLSocket old = secure(connect(server), "", "TLSv1.3");
                Peer before = new Peer(old)) {
            assertThat(before.ask("mn")).isEqualTo("MN");
            assertThat(subject(old)).isEqualTo("CN=server");

            install("renewed", chain, key);
            ticker.advance(Duration.ofSeconds(5));
            assertThat(before.stat("time_since_server_cert_refresh")).isEqualTo("5");
            assertThat(before.ask("refresh_certs")).isEqualTo("OK");

            assertThat(before.stat("time_since_server_cert_refresh")).isEqualTo("0");
            try (SSLSocket young = secure(connect(server), "", "TLSv1.3")) {
                assertThat(subject(young)).isEqualTo("CN=renewed");
            }
            Files.writeString(key, "no key");
            assertThat(before.ask("refresh_certs")).isEqualTo("OK"); // what the last one gave, within a second
            assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("stay as they were");
            ticker.advance(Duration.ofSeconds(1));
            assertThat(before.ask("refresh_certs"))
                    .isEqualTo("Error loading the certificates, the log of the server says why");
            servers.get(0).reload();
            assertThat(log.toString(StandardCharsets.UTF_8))
                    .contains("larder: certificates stay as they were: ")
                    .contains("holds no private key");
            try (SSLSocket young = secure(connect(server), "", "TLSv1.2")) {
                assertThat(subject(young)).isEqualTo("CN=renewed");
            }
            install("server", chain, key);
            servers.get(0).reload();
            assertThat(log.toString(StandardCharsets.UTF_8)).contains("larder: certificates read again");
            try (SSLSocket young = secure(connect(server), "", "TLSv1.2")) {
                assertThat(subject(young)).isEqualTo("CN=server");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "UNASKED,'',true",
        "UNASKED,stranger,true",
        "ASKED,'',true",
        "ASKED,client,true",
        "ASKED,stranger,false",
        "REQUIRED,'',false",
        "REQUIRED,client,true",
        "REQUIRED,stranger,false"
    })
    void client_withItsCertificate_isServedOrRefused(TlsConfig.Clients rule, String certificate, boolean served)
            throws IOException {
        TlsConfig tls = TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server"));
        InetSocketAddress server = open(config(tls.withClients(rule, CERTIFICATES.chain("ca"))));

        for (String version : List.of("TLSv1.2", "TLSv1.3")) {
            boolean answered;
            try (Peer peer = new Peer(secure(connect(server), certificate, version))) {
                answered = peer.ask("mn").equals("MN");
            } catch (IOException e) {
                answered = false;
            }
            assertThat(answered).as(version).isEqualTo(served);
        }

        assertThat(log.toString(StandardCharsets.UTF_8))
                .doesNotContain("\u001b")
                .doesNotContain("\nforged");
    }

    @Test
    void plainText_toTlsPort_isClosedAtOnce() throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (Peer plain = new Peer(server)) {
            plain.send("get a\u001b[31m\r\n");
            assertThat(plain.isClosedByServer()).isTrue();
        }

        try (Peer peer = peer(server, "TLSv1.3")) {
            assertThat(peer.stat("ssl_handshake_errors")).isEqualTo("1");
        }
        assertThat(log.toString(StandardCharsets.UTF_8)).doesNotContain("\u001b");
    }

    @Test
    void handshake_tooSlow_isDropped() throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (Peer slow = new Peer(server);
                Peer established = peer(server, "TLSv1.3")) {
            slow.send("\u0016\u0003");
            assertThat(established.ask("mn")).isEqualTo("MN");
            ticker.advance(Duration.ofSeconds(11));

            assertThat(slow.rest()).doesNotContain("\n"); // an alert at most
            assertThat(established.ask("mn")).isEqualTo("MN");
        }
    }

    @Test
    void renegotiation_isRefused() throws IOException {
        InetSocketAddress server = open(plainConfig());

        try (SSLSocket socket = secure(connect(server), "", "TLSv1.2");
                Peer peer = new Peer(socket)) {
            assertThat(peer.ask("mn")).isEqualTo("MN");

            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        peer.ask("mn");
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void addressWithoutTls_besideTls_staysPlain() throws IOException {
        HostPort plain = HostPort.parse("127.0.0.2:0");
        CacheServer server = start(ServerConfig.DEFAULT
                .withPort(0)
                .withAddresses(List.of(HostPort.parse("127.0.0.1"), plain))
                .withTls(TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server")))
                .withPlainAddresses(Set.of(plain)));

        try (Peer secured = peer(server.addresses().get(0), "TLSv1.3");
                Peer open = new Peer(server.addresses().get(1))) {
            assertThat(secured.ask("set a 0 0 1\r\nx")).isEqualTo("STORED");
            assertThat(open.ask("get a")).isEqualTo("VALUE a 0 1");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void addressWithoutTls_coveredByOneWithTls_isRefused(boolean sixFirst) {
        HostPort six = HostPort.parse("[::]:11211");
        HostPort four = HostPort.parse("0.0.0.0:11211");
        ServerConfig both = plainConfig().withAddresses(sixFirst ? List.of(six, four) : List.of(four, six));

        for (HostPort plain : List.of(six, four)) {
            assertThatThrownBy(() -> start(both.withPlainAddresses(Set.of(plain))))
                    .isInstanceOf(LarderException.class)
                    .hasMessage(":: takes the connections of 0.0.0.0 as well, so both must speak TLS or neither;"
                            + " give them different ports");
        }
    }

    @Test
    void exposedAddresses_areThoseWhereNobodyIsAskedWhoHeIs() throws IOException {
        ServerConfig open = ServerConfig.DEFAULT
                .withPort(0)
                .withThreads(1)
                .withAddresses(List.of(HostPort.parse("0.0.0.0"), HostPort.parse("127.0.0.1")));
        TlsConfig tls = TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server"));
        ServerConfig checked = open.withTls(tls.withClients(TlsConfig.Clients.REQUIRED, CERTIFICATES.chain("ca")));
        Path users = CERTIFICATES.file("users", "me:secret\n");

        assertThat(exposed(open)).isOne();
        assertThat(exposed(open.withTls(tls))).isOne();
        assertThat(exposed(checked)).isZero();
        assertThat(exposed(checked.withPlainAddresses(Set.of(HostPort.parse("0.0.0.0")))))
                .isOne();
        assertThat(exposed(open.withAuthFile(users))).isZero();
        assertThat(exposed(open.withSaslFile(users))).isZero();
        assertThat(exposed(ServerConfig.DEFAULT.withPort(0))).isZero();
    }

    private static int exposed(ServerConfig config) {
        try (CacheServer server = CacheServer.open(config)) {
            return server.exposedAddresses().size();
        }
    }

    @Test
    void refreshCerts_withoutTls_isRefused() throws IOException {
        try (Peer peer = new Peer(open(ServerConfig.DEFAULT.withThreads(1)))) {
            assertThat(peer.ask("refresh_certs")).isEqualTo("Error TLS not enabled");
            assertThat(peer.ask("refresh_certs noreply")).isEqualTo("Error TLS not enabled");
            assertThat(peer.stat("ssl_new_sessions")).isEmpty();
        }
    }

    @Test
    void oldestVersion13_refusesTls12() throws IOException {
        TlsConfig tls = TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server"));
        InetSocketAddress server = open(config(tls.withOldest(TlsConfig.Version.TLS_1_3)));

        assertThatThrownBy(() -> peer(server, "TLSv1.2")).isInstanceOf(IOException.class);
        peer(server, "TLSv1.3").close();
    }

    @Test
    void ciphers_byOpensslNames_areThoseUsed() throws IOException {
        TlsConfig tls = TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server"));
        InetSocketAddress server = open(config(tls.withCiphers(List.of("ECDHE-ECDSA-CHACHA20-POLY1305"))));

        try (SSLSocket socket = secure(connect(server), "", "TLSv1.2")) {
            assertThat(socket.getSession().getCipherSuite()).isEqualTo("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
        }
        assertThatThrownBy(() -> open(config(tls.withCiphers(List.of("HIGH\u001b")))))
                .isInstanceOf(LarderException.class)
                .hasMessageStartingWith("cipher HIGH\\x1b is not known; ");
    }

    @Test
    void halfHandshakes_thousandOfThem_leaveNothingBehind() throws IOException {
        InetSocketAddress server = open(plainConfig().withConnectionsMax(2000));
        List<Peer> halves = new ArrayList<>();
        try (Peer witness = peer(server, "TLSv1.3")) {
            for (int i = 0; i < 1000; i++) {
                Peer half = new Peer(server);
                half.send("\u0016\u0003\u0001@\u0000" + "x".repeat(i % 1000)); // the beginning of a large record
                halves.add(half);
            }
            assertThat(witness.ask("mn")).isEqualTo("MN");

            Await.until("all are dropped", () -> {
                ticker.advance(Duration.ofSeconds(11)); // again and again: some may not be accepted yet
                return stat(witness, "total_connections").equals("1001")
                        && stat(witness, "curr_connections").equals("1");
            });
            assertThat(witness.stat("ssl_handshake_errors")).isEqualTo("1000");
        }
        for (Peer half : halves) {
            half.close();
        }
    }

    private static String stat(Peer peer, String name) {
        try {
            return peer.stat(name);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void install(String alias, Path chain, Path key) throws IOException {
        Files.copy(CERTIFICATES.chain(alias), chain, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(CERTIFICATES.key(alias), key, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String subject(SSLSocket socket) throws IOException {
        X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    private static Peer peer(InetSocketAddress server, String version) throws IOException {
        return new Peer(secure(connect(server), "", version));
    }

    private static Socket connect(InetSocketAddress server) throws IOException {
        return Peer.connect(new Socket(), server);
    }

    private static SSLSocket secure(Socket socket, String certificate, String version) throws IOException {
        SSLContext context = CERTIFICATES.client(certificate);
        SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(socket, "server", 0, true);
        secured.setEnabledProtocols(new String[] {version});
        secured.startHandshake();
        return secured;
    }

    private static ServerConfig plainConfig() {
        return config(TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key("server")));
    }

    private static ServerConfig config(TlsConfig tls) {
        return ServerConfig.DEFAULT.withThreads(1).withVerbosity(2).withTls(tls);
    }

    private InetSocketAddress open(ServerConfig config) {
        return start(config.withPort(0)).addresses().get(0);
    }

    private CacheServer start(ServerConfig config) {
        CacheServer server = CacheServer.open(
                config, ticker, InstantSource.system(), new PrintStream(log, true, StandardCharsets.UTF_8));
        servers.add(server);
        return server;
    }
}
