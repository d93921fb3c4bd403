package io.larder.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on unix sockets that are not there, or do not behave. */
@Timeout(60)
class UnixSocketTest {
    private static final Duration TTL = Duration.ofMinutes(1);

    @TempDir
    @SuppressWarnings("NullAway") // set by JUnit
    Path folder;

    @Test
    void url_unix_namesNodesWithWeights() {
        assertThat(MemcachedConfig.parse("memcached:?unix=/run/a.sock,/run/b.sock*2")
                        .nodes())
                .containsExactly(new Node("/run/a.sock", 0, 1), new Node("/run/b.sock", 0, 2));
        assertThat(MemcachedConfig.parse("memcached://host/p:?unix=/run/a.sock").nodes())
                .extracting(Node::name)
                .containsExactly("host:11211", "unix:/run/a.sock");
        assertThat(Node.parse("unix:/run/a.sock*3")).isEqualTo(new Node("/run/a.sock", 0, 3));
    }

    @Test
    void url_wrongPaths_sayWhatToWrite() {
        assertThatThrownBy(() -> MemcachedConfig.parse("memcached:?unix=memcached.sock"))
                .hasMessage("\"memcached.sock\" is not the path of a unix socket; write an absolute one, like"
                        + " /run/memcached.sock");
        assertThatThrownBy(() -> MemcachedConfig.parse("memcached:///run/memcached.sock"))
                .hasMessageContaining("write memcached://host:11211, or memcached:?unix=/path for a unix socket");
        assertThatThrownBy(() -> Node.parse("unix:/" + "x".repeat(107)))
                .hasMessageStartingWith("path of a unix socket must have at most 107 bytes");
        assertThatThrownBy(() -> Node.parse("unix:/run/a.sock*0")).hasMessageContaining("is not a number from 1 to");
    }

    @Test
    void tls_isRefused() throws GeneralSecurityException {
        SSLContext tls = SSLContext.getDefault();
        MemcachedConfig config = MemcachedConfig.parse("memcached:?unix=/run/a.sock");

        assertThatThrownBy(() -> config.withTls(tls))
                .hasMessageStartingWith("node unix:/run/a.sock is a unix socket, which is not encrypted");
        try (Memcached memcached =
                Memcached.open(MemcachedConfig.parse("memcached://unused").withTls(tls))) {
            assertThatThrownBy(() -> memcached.replaceNodes(config.nodes()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void call_noSocket_saysSo() {
        Path path = folder.resolve("none.sock");
        try (Memcached memcached = Memcached.open("memcached:?timeout=20s&unix=" + path)) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageMatching(
                            "node unix:\\Q%s\\E has no socket at its path during get after .+ ms; start it, .+"
                                    .formatted(path));
        }
    }

    @Test
    void call_socketNobodyListensOn_isRefused() throws IOException {
        Path path = folder.resolve("left.sock");
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(path))
                .close(); // which leaves the file
        try (Memcached memcached = Memcached.open("memcached:?timeout=20s&unix=" + path)) {
            assertThatThrownBy(() -> memcached.view(Codecs.text()).get("k"))
                    .isInstanceOf(NodeUnavailableException.class)
                    .hasMessageContaining("refused the connection");
        }
    }

    @Test
    void nodeThatNeitherReadsNorAnswers_holdsNobodyBeyondTheDeadline() throws Exception {
        try (Deaf deaf = new Deaf(folder.resolve("deaf.sock"));
                Memcached memcached =
                        Memcached.open("memcached:?protocol=text&timeout=300ms&stall=60s&unix=" + deaf.path)) {
            View<byte[]> view = memcached.view(Codecs.bytes());
            List<Caller<Throwable>> callers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int thread = i;
                callers.add(Caller.start(() -> {
                    Throwable last = new AssertionError("none");
                    for (int n = 0; n < 40; n++) { // far more writes than the socket has room for
                        String key = "key-" + thread + "-" + n;
                        var unused = view.async().set(key, new byte[n % 10 == 0 ? 200_000 : 10], TTL);
                    }
                    try {
                        view.get("k");
                    } catch (MemcachedException e) {
                        last = e;
                    }
                    return last;
                }));
            }

            for (Caller<Throwable> caller : callers) {
                assertThat(caller.result()).isInstanceOf(MemcachedException.class);
            }
            assertThat(memcached.stats().values().iterator().next().connectionsLost())
                    .isZero();
        }
    }

    @Test
    void close_whileTheWriterWaits_endsItsThread() throws Exception {
        try (Deaf deaf = new Deaf(folder.resolve("deaf.sock"))) {
            Memcached memcached =
                    Memcached.open("memcached:?protocol=text&timeout=20s&value-max=64m&unix=" + deaf.path);
            View<byte[]> view = memcached.view(Codecs.bytes());
            Caller<StoreResult> caller = Caller.start(() -> view.set("k", new byte[32 << 20], TTL));
            Await.until(
                    "it is in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 1);

            memcached.close();

            assertThatThrownBy(caller::result).isInstanceOf(NodeUnavailableException.class);
            String name = "larder-writer-unix:" + deaf.path;
            Await.until(
                    "its writer ends",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().equals(name)));
        }
    }

    @Test
    void interrupt_ofAReader_failsItsOwnCallAlone() throws Exception {
        try (Deaf node = new Deaf(folder.resolve("slow.sock"));
                Memcached memcached = Memcached.open("memcached:?protocol=text&timeout=20s&unix=" + node.path)) {
            View<String> view = memcached.view(Codecs.text());
            Caller<Boolean> first = Caller.start(() -> {
                assertThatThrownBy(() -> view.get("a")).isInstanceOf(InterruptedCallException.class);
                return Thread.currentThread().isInterrupted();
            });
            Await.until(
                    "the first is in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 1);
            Caller<Lookup<String>> second = Caller.start(() -> view.lookup("b"));
            Await.until(
                    "the second is in flight",
                    () -> memcached.stats().values().iterator().next().inFlight() == 2);

            first.thread().interrupt();

            assertThat(first.result()).isTrue();
            node.answer("END\r\nEND\r\n");
            assertThat(second.result()).isInstanceOf(Lookup.Absent.class);
        }
    }

    /** A node that never reads. */
    private static final class Deaf implements AutoCloseable {
        private final Path path;
        private final ServerSocketChannel listener;

        Deaf(Path path) throws IOException {
            this.path = path;
            listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(path));
        }

        /** The client's connection may wait in the queue until then. */
        void answer(String text) throws IOException {
            SocketChannel channel = listener.accept();
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
        }

        @Override
        public void close() throws IOException {
            listener.close(); // which resets what it has not accepted
            Files.deleteIfExists(path);
        }
    }
}
