package io.larder.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/**
 * Finds out on a new connection whether the node has meta commands, before anybody else uses it.
 *
 * <p>Three lines in one write: {@code version}, a read of a key that is not there, {@code mn}. A node is spoken to by meta
 * commands if it calls itself 1.6.10 or later, repeats opaque and key on a miss, and answers {@code MN}. What is older,
 * says something else, or is a proxy that knows none of it, gets the classic protocol.
 */
final class Handshake {
    /** Nobody stores under it: keys of callers come with the prefix of the client. */
    static final String PROBE_KEY = "larder:probe:5f1d7a";

    static final String PROBE = "version\r\nmg " + PROBE_KEY + " k O1\r\nmn\r\n";

    private static final Pattern VERSION = Pattern.compile("VERSION (\\d+)\\.(\\d+)\\.(\\d+).*");
    private static final int[] META_SINCE = {1, 6, 10};
    private static final int LINE_BYTES_MAX = 1024;

    private Handshake() {}

    /** The node hung up after it had said something: it does not even bear to be asked. */
    static final class HungUpException extends IOException {
        private static final long serialVersionUID = 1;

        HungUpException() {
            super("closed the connection when asked for its version");
        }
    }

    /** The connection broke before the node had said anything. */
    static final class BrokenException extends IOException {
        private static final long serialVersionUID = 1;

        BrokenException(IOException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** The node has no meta commands, and the client is told to speak nothing else. */
    static final class NoMetaException extends IOException {
        private static final long serialVersionUID = 1;

        NoMetaException() {
            super("has no meta commands");
        }
    }

    /**
     * Asks the node.
     *
     * @throws SocketTimeoutException if it does not answer in time
     */
    static Dialect ask(Wire wire, Duration limit) throws IOException {
        long start = System.nanoTime();
        String version = version(wire, start, limit);
        try {
            String miss = line(wire, start, limit);
            String noop = line(wire, start, limit);
            boolean meta = isMeta(version) && isMiss(miss) && noop.equals("MN");
            return meta ? Dialect.META : Dialect.TEXT;
        } catch (EOFException | SocketException e) {
            throw new HungUpException();
        }
    }

    private static String version(Wire wire, long start, Duration limit) throws IOException {
        try {
            wire.write(ByteBuffer.wrap(PROBE.getBytes(StandardCharsets.US_ASCII)), true);
            return line(wire, start, limit);
        } catch (EOFException | SocketTimeoutException | SSLException e) {
            throw e;
        } catch (IOException e) {
            throw new BrokenException(e);
        }
    }

    private static boolean isMeta(String line) {
        Matcher version = VERSION.matcher(line);
        if (!version.matches()) {
            return false;
        }
        for (int i = 0; i < META_SINCE.length; i++) {
            String digits = version.group(i + 1);
            int number = digits.length() > 4 ? Integer.MAX_VALUE : Integer.parseInt(digits);
            if (number != META_SINCE[i]) {
                return number > META_SINCE[i];
            }
        }
        return true;
    }

    private static boolean isMiss(String line) {
        return line.startsWith("EN ") && (line + " ").contains(" O1 ") && (line + " ").contains(" k" + PROBE_KEY + " ");
    }

    private static String line(Wire wire, long startNanos, Duration limit) throws IOException {
        StringBuilder line = new StringBuilder();
        byte[] one = new byte[1]; // what comes behind the lines is not for us
        while (true) {
            long left = limit.toNanos() - (System.nanoTime() - startNanos);
            if (left <= 0 || line.length() > LINE_BYTES_MAX) {
                throw new SocketTimeoutException("no answer to version");
            }
            if (wire.read(one, 0, 1, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(left))) < 0) {
                throw new EOFException("closed the connection");
            }
            if (one[0] == '\n') {
                return line.toString().stripTrailing();
            }
            line.append((char) (one[0] & 0xff));
        }
    }
}
