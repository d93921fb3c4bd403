package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.server.CacheServer;
import io.larder.server.ServerConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Connections by TLS, through a proxy that decrypts in front of Larder's server. */
@Timeout(120)
class TlsTest {
    private static final char[] PASSWORD = "changeit".toCharArray();
    private static final Duration TTL = Duration.ofMinutes(1);

    @TempDir
    @SuppressWarnings("NullAway") // set by JUnit
    Path folder;

    @Test
    void everything_worksByTls() throws Exception {
        SSLContext tls = context("san=ip:127.0.0.1");
        try (CacheServer server =
                        CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1));
                SSLServerSocket listener = listen(tls);
                Memcached memcached = Memcached.open(config(listener).withTls(tls))) {
            decrypt(listener, server.port());
            View<byte[]> view = memcached.view(Codecs.bytes());
            Map<String, byte[]> values = new LinkedHashMap<>();
            IntStream.range(0, 50).forEach(i -> values.put("key-" + i, new byte[i * 2000]));

            assertThat(view.setAll(values, TTL).complete()).isTrue();
            assertThat(view.getAll(values.keySet()).orThrow().found())
                    .hasSize(50)
                    .allSatisfy((key, value) ->
                            assertThat(Arrays.equals(value, values.get(key))).isTrue());
            assertThat(view.get("other")).isNull();
            assertThat(memcached.stats().values().iterator().next().meta()).isTrue();
        }
    }

    @Test
    void certificateOfAnotherHost_isRefused() throws Exception {
        SSLContext tls = context("san=dns:elsewhere.example");
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.silent());
                SSLServerSocket listener = listen(tls);
                Memcached memcached = Memcached.open(config(listener).withTls(tls))) {
            decrypt(listener, server.port());
            View<byte[]> view = memcached.view(Codecs.bytes());

            assertThatThrownBy(() -> view.get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("could not be spoken to by TLS")
                    .hasMessageContaining("check its certificate");
        }
    }

    @Test
    void nodeWithoutTls_isUnavailable() throws IOException, GeneralSecurityException {
        try (ScriptedServer server = ScriptedServer.start(ScriptedServer.always("ERROR\r\n"));
                Memcached memcached = Memcached.open(MemcachedConfig.parse(server.url("?timeout=30s&connect=500ms"))
                        .withTls(SSLContext.getDefault()))) {
            View<byte[]> view = memcached.view(Codecs.bytes());

            assertThatThrownBy(() -> view.get("k")).isInstanceOf(NodeUnavailableException.class);
        }
    }

    private static MemcachedConfig config(SSLServerSocket listener) {
        return MemcachedConfig.parse(
                "memcached://127.0.0.1:%d?timeout=30s&connect=30s".formatted(listener.getLocalPort()));
    }

    private static SSLServerSocket listen(SSLContext tls) throws IOException {
        return (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
    }

    private static void decrypt(SSLServerSocket listener, int port) {
        Daemon.startThread("tls-proxy", () -> {
            while (!listener.isClosed()) {
                try {
                    Socket client = listener.accept();
                    Socket server = new Socket(InetAddress.getLoopbackAddress(), port);
                    Daemon.startThread("tls-proxy-requests", () -> copy(client, server));
                    Daemon.startThread("tls-proxy-replies", () -> copy(server, client));
                } catch (IOException e) {
                    return; // closed
                }
            }
        });
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            in.transferTo(out);
        } catch (IOException e) {
            System.getLogger(TlsTest.class.getName()).log(System.Logger.Level.DEBUG, "a side has left", e);
        }
    }

    /** A context that trusts a certificate just made, and shows it. */
    private SSLContext context(String extension) throws Exception {
        Path file = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home", ""), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "node",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=node",
                        "-ext",
                        extension,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        new String(PASSWORD)))
                .redirectErrorStream(true)
                .start();
        assertThat(keytool.waitFor(90, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }
}
