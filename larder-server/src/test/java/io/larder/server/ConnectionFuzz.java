package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.larder.base.FakeTicker;
import io.larder.storage.StorageConfig;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.regex.Pattern;

/**
 * Two servers that get the same bytes, one whole and one cut, and must say the same, without a fault, within a bound and in time.
 * Inputs of one process build on each other: what an earlier one stored is there for a later one, on both servers.
 *
 * <p>Jazzer calls it ({@code scripts/fuzz}), and so does {@link FuzzTest}. The first byte of an input says how it is cut.
 */
public final class ConnectionFuzz {
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int INPUT_BYTES_MAX = 4_096;
    private static final int VALUE_BYTES_MAX = 2_048;

    /** A key in two bytes of a request is answered by a value at most, with its line. */
    private static final int REPLY_BYTES_MAX = INPUT_BYTES_MAX / 2 * (VALUE_BYTES_MAX + 400) + (1 << 20);

    /** Replies that tell of the server or the connection, not of the items; by the binary protocol without a {@code STAT}. */
    private static final Pattern TELLING =
            Pattern.compile("STAT |^ts=|key=|rusage_user|tcp:|total_malloced|chunk_size", Pattern.MULTILINE);

    private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
    private static final CacheServer WHOLE = open();
    private static final CacheServer CUT = open();

    private ConnectionFuzz() {}

    /**
     * What came back.
     *
     * @param broken whether the connection was reset, which may have cost the end of it
     */
    private record Answer(String text, boolean broken) {
        boolean agreesWith(Answer other) {
            return text.equals(other.text)
                    || (broken && other.text.startsWith(text))
                    || (other.broken && text.startsWith(other.text));
        }
    }

    private static CacheServer open() {
        ServerConfig config = ServerConfig.DEFAULT
                .withPort(0)
                .withThreads(1)
                .withStorage(StorageConfig.DEFAULT.withBytes(32 << 20).withValueBytesMax(VALUE_BYTES_MAX));
        InstantSource clock = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00Z"));
        return CacheServer.open(config, new FakeTicker(), clock, new PrintStream(LOG, true, UTF_8));
    }

    /** One input. */
    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        byte[] sent = Arrays.copyOfRange(input, 1, Math.min(input.length, INPUT_BYTES_MAX));
        Answer whole = exchange(WHOLE, sent, sent.length);
        Answer cut = exchange(CUT, sent, 1 + (input[0] & 0x3f));
        if (LOG.toString(UTF_8).contains("internal error")) {
            throw new AssertionError(LOG.toString(UTF_8));
        }
        LOG.reset();
        if (!whole.agreesWith(cut) && !TELLING.matcher(whole.text()).find()) {
            throw new AssertionError("whole: %s%ncut: %s".formatted(whole, cut));
        }
    }

    private static Answer exchange(CacheServer server, byte[] sent, int chunk) {
        InetSocketAddress address = server.addresses().get(0);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        boolean broken = false;
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(address, TIMEOUT_MILLIS);
            try {
                for (int at = 0; at < sent.length; at += chunk) {
                    socket.getOutputStream().write(sent, at, Math.min(chunk, sent.length - at));
                }
                socket.shutdownOutput();
            } catch (SocketException e) {
                broken = true; // closed early: what it said is still read below
            }
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8_192];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                received.write(buffer, 0, read);
                if (received.size() > REPLY_BYTES_MAX) {
                    throw new AssertionError(
                            "%d bytes are answered by more than %d".formatted(sent.length, REPLY_BYTES_MAX));
                }
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no end within %d ms after %s".formatted(TIMEOUT_MILLIS, received), e);
        } catch (SocketException e) {
            broken = true; // closed with bytes of ours unread
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return new Answer(received.toString(ISO_8859_1), broken);
    }
}
