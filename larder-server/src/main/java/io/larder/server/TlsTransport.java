package io.larder.server;

import io.larder.base.Printable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A socket through TLS.
 *
 * <pre>
 *  socket --> loop's cipherIn --unwrap--> connection's buffer        connection's bytes --wrap--> loop's cipherOut --> socket
 *                  | part of a record         | full                                                  | socket full
 *                  v                          v                                                       v
 *              cipherHeld                 plainHeld                                                cipherUnsent
 * </pre>
 *
 * The steps of a handshake that take long run on threads of {@link Tls}; the engine is left alone meanwhile. There is no engine
 * before the first byte of a handshake, as it costs more than the rest of a connection.
 */
final class TlsTransport extends Transport {
    private static final byte ALERT = 21;
    private static final byte HANDSHAKE = 22;
    private static final int FAREWELL_RECORDS_MAX = 4;

    private final SocketChannel channel;
    private final Supplier<SSLEngine> engines;
    private final Predicate<Runnable> steps;
    private final TlsBuffers shared;
    private final LoopCounters counters;
    private final Runnable onStepDone;
    private final HeldBytes cipherHeld;
    private final HeldBytes plainHeld;
    private final HeldBytes cipherUnsent;
    private final long openedMillis = System.currentTimeMillis(); // the clock of the JDK's sessions
    private @Nullable SSLEngine engine;
    private boolean established;
    private boolean ended;
    private boolean stepRuns;

    /** What ended the last step on the other thread, which the JDK does not pass on itself. */
    private volatile @Nullable Throwable stepFailure;

    /** Another read gets further without another byte from the socket. */
    private boolean inputWaits;

    /**
     * A transport whose handshake is still to come.
     *
     * @param engines makes the engine of a connection
     * @param steps runs a slow step on another thread, or answers false where it cannot
     * @param onStepDone run on another thread when a slow step is over; {@link #resume} must follow on the event loop
     */
    TlsTransport(
            SocketChannel channel,
            Supplier<SSLEngine> engines,
            Predicate<Runnable> steps,
            TlsBuffers shared,
            BufferBudget budget,
            LoopCounters counters,
            Runnable onStepDone) {
        this.channel = channel;
        this.engines = engines;
        this.steps = steps;
        this.shared = shared;
        this.counters = counters;
        this.onStepDone = onStepDone;
        this.cipherHeld = new HeldBytes(budget, counters, Counter.READ_BUF_OOM);
        this.plainHeld = new HeldBytes(budget, counters, Counter.READ_BUF_OOM);
        this.cipherUnsent = new HeldBytes(budget, counters, Counter.RESPONSE_OBJ_OOM);
    }

    boolean isEstablished() {
        return established;
    }

    @Override
    boolean resume() {
        if (!stepRuns) {
            return false;
        }
        stepRuns = false;
        inputWaits = true;
        return true;
    }

    @Override
    int read(ByteBuffer into) throws IOException {
        int start = into.position();
        plainHeld.drainTo(into);
        if (stepRuns || !into.hasRemaining() || !cipherUnsent.isEmpty()) {
            return into.position() - start;
        }
        Throwable failure = stepFailure;
        if (failure != null) {
            throw new IOException("TLS failed: " + Printable.of(failure.toString()), failure);
        }
        ByteBuffer cipher = shared.cipherIn.clear();
        boolean streamEnded = false;
        cipherHeld.drainTo(cipher);
        if (!inputWaits) { // not more than there is room for, or the rest would have to be held
            int wanted = Math.max(TlsBuffers.RECORD_BYTES_MAX, into.remaining());
            cipher.limit(Math.min(cipher.capacity(), cipher.position() + wanted));
            streamEnded = channel.read(cipher) < 0;
        }
        inputWaits = false;
        cipher.flip();
        try {
            decipher(cipher, into, start);
        } catch (SSLException e) {
            throw failed(e);
        }
        cipherHeld.keep(cipher);
        int read = into.position() - start;
        if (ended) {
            inputWaits = true; // the next read tells so
        }
        return read == 0 && (ended || (streamEnded && !stepRuns && !inputWaits)) ? -1 : read;
    }

    /** Goes on until a byte, a step on another thread, or room is lacking. */
    private void decipher(ByteBuffer cipher, ByteBuffer into, int start) throws IOException {
        SSLEngine with = engine;
        if (with == null) {
            if (!cipher.hasRemaining()) {
                return;
            }
            if (cipher.get(cipher.position()) != HANDSHAKE) {
                throw new SSLException("the peer does not speak TLS");
            }
            with = engines.get();
            engine = with;
        }
        while (!ended) {
            HandshakeStatus status = with.getHandshakeStatus();
            if (status == HandshakeStatus.NEED_TASK) {
                startStep(with);
                return;
            }
            if (status == HandshakeStatus.NEED_WRAP) {
                if (!sendHandshake(with)) {
                    inputWaits = true;
                    return;
                }
                continue;
            }
            if (!cipher.hasRemaining()) {
                return;
            }
            byte type = cipher.get(cipher.position());
            if (established && type == HANDSHAKE) {
                throw new SSLException("the peer wants another handshake, which is not offered");
            }
            if (!into.hasRemaining() || (type == ALERT && into.position() > start)) {
                inputWaits = true; // an alert may close: answers to what came before it go first
                return;
            }
            if (!unwrap(with, cipher, into)) {
                return;
            }
        }
    }

    /** One record; answers whether to go on. */
    private boolean unwrap(SSLEngine with, ByteBuffer cipher, ByteBuffer into) throws IOException {
        ByteBuffer spill = shared.spill.clear();
        SSLEngineResult result = with.unwrap(cipher, new ByteBuffer[] {into, spill});
        noteHandshake(with, result.getHandshakeStatus());
        if (spill.position() > 0) {
            plainHeld.keep(spill.flip());
            inputWaits = true;
            return false;
        }
        if (result.getStatus() == Status.CLOSED) {
            ended = true;
        } else if (result.getStatus() == Status.BUFFER_OVERFLOW) {
            throw new SSLException("a record is too large");
        }
        return result.getStatus() == Status.OK;
    }

    private void noteHandshake(SSLEngine with, HandshakeStatus status) throws SSLException {
        if (status == HandshakeStatus.FINISHED && !established) {
            established = true;
            if (with.getSession().getCreationTime() >= openedMillis) {
                counters.increment(Counter.SSL_NEW_SESSIONS);
            }
        } else if (established && status == HandshakeStatus.NEED_TASK) {
            throw new SSLException("the peer wants another handshake, which is not offered");
        }
    }

    private void startStep(SSLEngine with) throws SSLException {
        stepRuns = true;
        boolean begun = steps.test(() -> {
            try {
                Runnable task = with.getDelegatedTask();
                while (task != null && channel.isOpen()) {
                    task.run();
                    task = with.getDelegatedTask();
                }
            } catch (RuntimeException | Error e) { // the loop ends the connection; the thread goes on
                stepFailure = e;
            } finally {
                onStepDone.run();
            }
        });
        if (!begun) {
            throw new SSLException("too many handshakes wait");
        }
    }

    /** Sends what the handshake has to say; answers whether the socket took it all. */
    private boolean sendHandshake(SSLEngine with) throws IOException {
        ByteBuffer out = shared.cipherOut.clear();
        while (with.getHandshakeStatus() == HandshakeStatus.NEED_WRAP
                && out.remaining() >= TlsBuffers.RECORD_BYTES_MAX) {
            SSLEngineResult result = with.wrap(shared.nothing, out);
            noteHandshake(with, result.getHandshakeStatus());
            if (result.getStatus() == Status.CLOSED) {
                ended = true;
                break;
            }
        }
        return sendCipher(out);
    }

    private boolean sendCipher(ByteBuffer out) throws IOException {
        out.flip();
        channel.write(out);
        cipherUnsent.keep(out);
        return cipherUnsent.isEmpty();
    }

    @Override
    int write(ByteBuffer bytes) throws IOException {
        SSLEngine with = engine;
        if (with == null) {
            throw new IOException("nothing can be sent before the handshake");
        }
        int start = bytes.position();
        while (bytes.hasRemaining() && cipherUnsent.isEmpty()) {
            ByteBuffer out = shared.cipherOut.clear();
            while (bytes.hasRemaining() && out.remaining() >= TlsBuffers.RECORD_BYTES_MAX) {
                wrap(with, bytes, out);
            }
            sendCipher(out);
        }
        return bytes.position() - start;
    }

    private static void wrap(SSLEngine with, ByteBuffer bytes, ByteBuffer out) throws IOException {
        try {
            SSLEngineResult result = with.wrap(bytes, out);
            if (result.getStatus() != Status.OK || result.bytesProduced() == 0) {
                throw new SSLException("the peer has closed TLS");
            }
        } catch (SSLException e) {
            throw failed(e);
        }
    }

    @Override
    boolean holdsInput() {
        return !stepRuns && (inputWaits || !plainHeld.isEmpty());
    }

    @Override
    boolean holdsOutput() {
        return !cipherUnsent.isEmpty();
    }

    @Override
    boolean holdsMemory() {
        return !cipherHeld.isEmpty() || !plainHeld.isEmpty();
    }

    @Override
    int flush() throws IOException {
        if (cipherUnsent.isEmpty()) {
            return 0;
        }
        int sent = channel.write(cipherUnsent.bytes());
        cipherUnsent.releaseIfEmpty();
        return sent;
    }

    @Override
    int interestOps() {
        return stepRuns ? 0 : SelectionKey.OP_READ;
    }

    @Override
    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    void close() throws IOException {
        boolean nothingHalfSent = cipherUnsent.isEmpty();
        cipherHeld.clear();
        plainHeld.clear();
        cipherUnsent.clear();
        if (!established) {
            counters.increment(Counter.SSL_HANDSHAKE_ERRORS);
        }
        try (channel) {
            if (engine != null && !stepRuns && nothingHalfSent) {
                sayFarewell(engine);
            }
        }
    }

    /** Tells the peer why, or that this is the end; one try. */
    private void sayFarewell(SSLEngine with) throws IOException {
        with.closeOutbound();
        ByteBuffer out = shared.cipherOut.clear();
        for (int i = 0; i < FAREWELL_RECORDS_MAX && !with.isOutboundDone(); i++) {
            try {
                with.wrap(shared.nothing, out);
            } catch (SSLException e) {
                break; // told once already
            }
        }
        channel.write(out.flip());
    }

    /** The JDK's message may repeat what the peer sent. */
    private static IOException failed(SSLException e) {
        return new IOException("TLS failed: " + Printable.of(String.valueOf(e.getMessage())), e);
    }
}
