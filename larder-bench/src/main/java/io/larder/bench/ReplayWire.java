package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;

/**
 * One blocking connection that speaks just enough of memcached's classic protocol to store, delete and read items whose keys are
 * numbers of 20 digits. It allocates nothing per request, so that the generator takes little of the machine.
 *
 * <p>Requests are buffered until {@link #flush}; answers are read in the order of the requests. The caller keeps what is unread
 * small before it writes large values, or both ends would wait for each other. Confined to one thread.
 */
final class ReplayWire implements Closeable {
    /** Digits of a key. */
    static final int KEY_BYTES = 20;

    /** What {@link #nextKey} answers when a retrieval has no more items. */
    static final long NO_KEY = -1;

    private static final int BUFFER_BYTES = 1 << 16;
    private static final byte[] SET = "set ".getBytes(US_ASCII);
    private static final byte[] NO_FLAGS = " 0 ".getBytes(US_ASCII);
    private static final byte[] DELETE = "delete ".getBytes(US_ASCII);
    private static final byte[] GET = "get".getBytes(US_ASCII);
    private static final byte[] CRLF = "\r\n".getBytes(US_ASCII);

    private final Socket socket;
    private final OutputStream out;
    private final InputStream in;
    private final byte[] digits = new byte[KEY_BYTES];
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int position;
    private int limit;
    private int lineEnd;
    private int valueBytes;

    ReplayWire(InetSocketAddress server) throws IOException {
        socket = new Socket(server.getAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER_BYTES);
        in = socket.getInputStream();
    }

    /** Asks to store the first bytes of {@code value} for so many seconds, 0 for ever. */
    void set(long key, int exptimeSeconds, byte[] value, int bytes) throws IOException {
        out.write(SET);
        writeDigits(key, KEY_BYTES);
        out.write(NO_FLAGS);
        writeNumber(exptimeSeconds);
        out.write(' ');
        writeNumber(bytes);
        out.write(CRLF);
        out.write(value, 0, bytes);
        out.write(CRLF);
    }

    void delete(long key) throws IOException {
        out.write(DELETE);
        writeDigits(key, KEY_BYTES);
        out.write(CRLF);
    }

    /** Asks for items: all keys between a {@code beginGet} and its {@code endGet} make one retrieval. */
    void beginGet() throws IOException {
        out.write(GET);
    }

    void getKey(long key) throws IOException {
        out.write(' ');
        writeDigits(key, KEY_BYTES);
    }

    void endGet() throws IOException {
        out.write(CRLF);
    }

    void flush() throws IOException {
        out.flush();
    }

    private void writeNumber(int number) throws IOException {
        int length = 1;
        for (int rest = number; rest > 9; rest /= 10) {
            length++;
        }
        writeDigits(number, length);
    }

    private void writeDigits(long number, int length) throws IOException {
        long rest = number;
        for (int i = length - 1; i >= 0; i--) {
            digits[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        out.write(digits, 0, length);
    }

    /**
     * Reads the answer to a set or a delete: false if the server refused to store.
     *
     * @throws IOException if the server did not understand, or is gone
     */
    boolean accepted() throws IOException {
        int start = readLine();
        return switch (buffer[start]) {
            case 'S' -> buffer[start + 1] == 'T'; // STORED, or SERVER_ERROR with its reason
            case 'D', 'N' -> true; // DELETED, NOT_FOUND
            default -> throw new IOException("unexpected answer: " + line(start));
        };
    }

    /** Reads the head of the next item of a retrieval; its value must be read or skipped before the next call. */
    long nextKey() throws IOException {
        int start = readLine();
        if (buffer[start] == 'E' && buffer[start + 1] == 'N') {
            return NO_KEY;
        }
        int key = start + "VALUE ".length();
        if (buffer[start] != 'V' || lineEnd - key < KEY_BYTES) {
            throw new IOException("unexpected answer to a get: " + line(start));
        }
        int size = lineEnd;
        while (buffer[size - 1] != ' ') {
            size--;
        }
        valueBytes = (int) number(size, lineEnd);
        return number(key, key + KEY_BYTES);
    }

    /** Size of the item whose head was read last. */
    int valueBytes() {
        return valueBytes;
    }

    void skipValue() throws IOException {
        long rest = (long) valueBytes + CRLF.length;
        while (rest > limit - position) {
            rest -= limit - position;
            position = limit;
            fill();
        }
        position += (int) rest;
    }

    /** Reads the value, which must fit in 32 KiB, and says whether it is what was stored. */
    boolean valueIs(byte[] expected) throws IOException {
        while (limit - position < valueBytes + CRLF.length) {
            fill();
        }
        boolean same = Arrays.equals(buffer, position, position + valueBytes, expected, 0, expected.length);
        position += valueBytes + CRLF.length;
        return same;
    }

    private long number(int from, int to) {
        long number = 0;
        for (int i = from; i < to; i++) {
            number = number * 10 + (buffer[i] - '0');
        }
        return number;
    }

    /** Returns where the line starts and leaves its end, without CRLF, in {@code lineEnd}. */
    private int readLine() throws IOException {
        int scanned = 0;
        while (true) {
            for (int i = position + scanned; i < limit; i++) {
                if (buffer[i] == '\n') {
                    int start = position;
                    lineEnd = i - 1;
                    position = i + 1;
                    return start;
                }
            }
            scanned = limit - position;
            fill();
        }
    }

    private void fill() throws IOException {
        System.arraycopy(buffer, position, buffer, 0, limit - position);
        limit -= position;
        position = 0;
        int read = in.read(buffer, limit, buffer.length - limit);
        if (read <= 0) {
            throw new IOException("the server closed the connection, or sent a line of more than " + BUFFER_BYTES);
        }
        limit += read;
    }

    private String line(int start) {
        return new String(buffer, start, Math.max(0, lineEnd - start), US_ASCII);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
