package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.Await;
import io.larder.base.TestCertificates;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One end of a connection through TLS, turned by hand; slow steps run where the test says. */
class TlsTransportTest {
    private static final long MUCH = 1 << 20;
    private static final int PIECE = 64 << 10;

    private final LoopCounters counters = new LoopCounters();
    private final TlsBuffers shared = new TlsBuffers();
    private final Queue<Runnable> steps = new ArrayDeque<>();
    private final AtomicInteger stepsDone = new AtomicInteger();
    private final ByteBuffer into = ByteBuffer.allocate(PIECE);
    private SocketChannel ours;
    private SocketChannel peer;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            peer = SocketChannel.open(listener.getLocalAddress());
            ours = listener.accept();
        }
        ours.configureBlocking(false);
        ours.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    @AfterEach
    void close() throws IOException {
        ours.close();
        peer.close();
    }

    @Test
    void partOfARecord_withoutMemoryForIt_isCountedAsLackOfReadBuffers() throws Exception {
        TlsTransport transport = transport(new BufferBudget(10), server());
        peer.write(ByteBuffer.wrap(new byte[] {22, 3, 1, 64, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));

        assertThat(failureOf(transport)).hasMessage("the memory for bytes held back is used up");

        assertThat(count(Counter.READ_BUF_OOM)).isOne();
        assertThat(count(Counter.RESPONSE_OBJ_OOM)).isZero();
    }

    @Test
    void repliesNotTaken_withoutMemoryForThem_areCountedAsLackOfReplyBuffers() throws Exception {
        TlsTransport transport = transport(new BufferBudget(0), server());
        shakeHands(transport);

        assertThatThrownBy(() -> fill(transport)).hasMessage("the memory for bytes held back is used up");

        assertThat(count(Counter.RESPONSE_OBJ_OOM)).isOne();
        assertThat(count(Counter.READ_BUF_OOM)).isZero();
    }

    @Test
    void flush_tellsWhatThePeerTook() throws Exception {
        BufferBudget budget = new BufferBudget(MUCH);
        TlsTransport transport = transport(budget, server());
        shakeHands(transport);
        fill(transport);
        assertThat(transport.holdsOutput()).isTrue();
        long held = budget.bytesTaken();

        AtomicInteger flushed = new AtomicInteger();
        ByteBuffer taken = ByteBuffer.allocate(PIECE);
        peer.configureBlocking(false);
        Await.until("something of it goes", () -> {
            try {
                peer.read(taken.clear());
                flushed.set(transport.flush());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return flushed.get() > 0;
        });

        assertThat(flushed.get()).isPositive().isLessThanOrEqualTo((int) held);
        transport.close();
        assertThat(budget.bytesTaken()).isZero();
    }

    @Test
    void stepThatFailsByAnError_endsTheConnectionInOneLine() throws Exception {
        TlsTransport transport = transport(new BufferBudget(MUCH), broken());
        SSLEngine client = client();
        send(client);
        Await.until("a step is to be run", () -> reads(transport) && !steps.isEmpty());

        steps.remove().run();

        assertThat(stepsDone.get()).isOne();
        assertThat(transport.resume()).isTrue();
        assertThatThrownBy(() -> transport.read(into.clear()))
                .isInstanceOf(IOException.class)
                .hasMessage("TLS failed: java.lang.AssertionError: no such\\x0akey");
        transport.close();
        assertThat(count(Counter.SSL_HANDSHAKE_ERRORS)).isOne();
    }

    @Test
    void garbageThatLooksLikeAHandshake_endsTheConnection() throws Exception {
        TlsTransport transport = transport(new BufferBudget(MUCH), server());
        peer.write(ByteBuffer.wrap(new byte[] {22, 3, 3, 0, 5, 99, 98, 97, 96, 95, 94}));

        assertThat(failureOf(transport)).hasMessageStartingWith("TLS failed: ");

        transport.close();
        assertThat(count(Counter.SSL_HANDSHAKE_ERRORS)).isOne();
    }

    @Test
    void stepThatCannotRun_endsTheConnection() throws Exception {
        TlsTransport transport =
                new TlsTransport(ours, server(), step -> false, shared, new BufferBudget(MUCH), counters, () -> {});
        send(client());

        assertThat(failureOf(transport)).hasMessage("TLS failed: too many handshakes wait");
    }

    @Test
    void peerThatGoesDuringAStep_isNoticedBehindIt() throws Exception {
        TlsTransport transport = transport(new BufferBudget(MUCH), server());
        send(client());
        Await.until("a step is to be run", () -> reads(transport) && !steps.isEmpty());

        peer.close();
        assertThat(transport.read(into.clear())).isZero(); // the engine is left alone meanwhile
        assertThat(transport.interestOps()).isZero();
        runSteps(transport);

        Await.until("its end is read", () -> {
            try {
                return transport.read(into.clear()) < 0 || runSteps(transport) < 0;
            } catch (IOException e) {
                return true; // reset
            }
        });
        try {
            transport.close();
        } catch (IOException e) {
            assertThat(ours.isOpen()).isFalse(); // the farewell reached nobody
        }
        assertThat(count(Counter.SSL_HANDSHAKE_ERRORS)).isOne();
    }

    @Test
    void endWithoutCloseNotify_isTheEndOfTheStream() throws Exception {
        TlsTransport transport = transport(new BufferBudget(MUCH), server());
        SSLEngine client = shakeHands(transport);
        ByteBuffer record = ByteBuffer.allocate(PIECE);
        client.wrap(ByteBuffer.wrap(new byte[] {'h', 'i'}), record);
        peer.write(record.flip());
        peer.shutdownOutput();

        into.clear();
        Await.until("all has come", () -> reads(transport, into) && into.position() == 2);
        Await.until("its end is read", () -> {
            try {
                return transport.read(into) < 0;
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        transport.close();
        assertThat(count(Counter.SSL_HANDSHAKE_ERRORS)).isZero();
    }

    // --- both ends -----------------------------------------------------------------------------------------------

    private TlsTransport transport(BufferBudget budget, Supplier<SSLEngine> engines) {
        return new TlsTransport(ours, engines, steps::add, shared, budget, counters, stepsDone::incrementAndGet);
    }

    private static Supplier<SSLEngine> server() {
        TestCertificates certificates = TestCertificates.get();
        ServerLog log = new ServerLog(new PrintStream(OutputStream.nullOutputStream(), true, US_ASCII), 0);
        TlsConfig config = TlsConfig.of(certificates.chain("server"), certificates.key("server"));
        return TlsContext.load(config, Instant.now(), log)::engine;
    }

    private static SSLEngine client() {
        SSLEngine engine = TestCertificates.get().client("").createSSLEngine("server", 0);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {"TLSv1.2"});
        return engine;
    }

    private static Supplier<SSLEngine> broken() throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(new KeyManager[] {new BrokenKey()}, null, null);
        return () -> {
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(false);
            return engine;
        };
    }

    /** Sends the beginning of a handshake. */
    private void send(SSLEngine client) throws IOException {
        ByteBuffer record = ByteBuffer.allocate(PIECE);
        client.beginHandshake();
        client.wrap(ByteBuffer.allocate(0), record);
        peer.write(record.flip());
    }

    /** Both ends by turns, on this thread. */
    private SSLEngine shakeHands(TlsTransport transport) throws IOException {
        SSLEngine client = client();
        peer.configureBlocking(false);
        client.beginHandshake();
        ByteBuffer received = ByteBuffer.allocate(PIECE).flip();
        Await.until("hands are shaken", () -> {
            try {
                turn(client, received);
                reads(transport);
                runSteps(transport);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            return transport.isEstablished() && client.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
        });
        return client;
    }

    private void turn(SSLEngine client, ByteBuffer received) throws IOException {
        switch (client.getHandshakeStatus()) {
            case NEED_TASK -> client.getDelegatedTask().run();
            case NEED_WRAP -> {
                ByteBuffer record = ByteBuffer.allocate(PIECE);
                client.wrap(ByteBuffer.allocate(0), record);
                peer.write(record.flip());
            }
            case NEED_UNWRAP -> {
                received.compact();
                peer.read(received);
                received.flip();
                client.unwrap(received, ByteBuffer.allocate(PIECE));
            }
            default -> {}
        }
    }

    private int runSteps(TlsTransport transport) {
        int run = 0;
        for (Runnable step = steps.poll(); step != null; step = steps.poll()) {
            step.run();
            assertThat(transport.resume()).isTrue();
            run++;
        }
        return run;
    }

    private boolean reads(TlsTransport transport) {
        return reads(transport, into.clear());
    }

    private static boolean reads(TlsTransport transport, ByteBuffer into) {
        try {
            return transport.read(into) >= 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private IOException failureOf(TlsTransport transport) {
        IOException[] failure = new IOException[1];
        Await.until("it fails", () -> {
            try {
                transport.read(into.clear());
            } catch (IOException e) {
                failure[0] = e;
            }
            return failure[0] != null;
        });
        return failure[0];
    }

    /** Until the socket takes no more. */
    private static void fill(TlsTransport transport) throws IOException {
        ByteBuffer much = ByteBuffer.allocate(PIECE);
        while (!transport.holdsOutput()) {
            transport.write(much.clear());
        }
    }

    private long count(Counter counter) {
        return LoopCounters.sum(List.of(counters)).getOrDefault(counter, -1L);
    }
}
