package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.storage.StorageConfig;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Values of 64 MiB by each protocol, and a list of 100,000 keys. */
class LargeTest {
    private static final int VALUE_BYTES = 64 << 20;
    private static final int KEYS = 100_000;
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final byte[] VALUE = value();
    private static CacheServer server;

    @BeforeAll
    static void open() {
        StorageConfig storage = StorageConfig.DEFAULT.withBytes(320L << 20).withValueBytesMax(VALUE_BYTES);
        server =
                CacheServer.open(ServerConfig.DEFAULT.withPort(0).withThreads(1).withStorage(storage));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static byte[] value() {
        byte[] value = new byte[VALUE_BYTES];
        for (int i = 0; i < value.length; i += 4_093) {
            value[i] = (byte) (i >>> 12);
        }
        return value;
    }

    @Test
    void value64MiB_byText_comesBackWhole() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "set text 0 0 " + VALUE_BYTES + "\r\n", VALUE, "\r\nget text\r\n");
            DataInputStream in = new DataInputStream(socket.getInputStream());

            expect(in, "STORED\r\nVALUE text 0 " + VALUE_BYTES + "\r\n");
            assertThat(Arrays.equals(in.readNBytes(VALUE_BYTES), VALUE)).isTrue();
            expect(in, "\r\nEND\r\n");
        }
    }

    @Test
    void value64MiB_byMetaCommands_comesBackWhole() throws IOException {
        try (Socket socket = connect()) {
            send(socket, "ms meta " + VALUE_BYTES + "\r\n", VALUE, "\r\nmg meta v\r\n");
            DataInputStream in = new DataInputStream(socket.getInputStream());

            expect(in, "HD\r\nVA " + VALUE_BYTES + "\r\n");
            assertThat(Arrays.equals(in.readNBytes(VALUE_BYTES), VALUE)).isTrue();
            expect(in, "\r\n");
        }
    }

    @Test
    void value64MiB_byTheBinaryProtocol_comesBackWhole() throws IOException {
        try (Socket socket = connect()) {
            byte[] set = BinaryFrames.encode("set k=binary bodylen=" + (VALUE_BYTES + 14), 0);
            send(socket, new String(set, ISO_8859_1), VALUE, "");
            socket.getOutputStream().write(BinaryFrames.encode("get k=binary", 0));
            DataInputStream in = new DataInputStream(socket.getInputStream());

            ByteBuffer stored = ByteBuffer.wrap(in.readNBytes(BinaryFrames.HEADER_BYTES));
            assertThat(stored.getShort(6)).isZero();
            ByteBuffer found = ByteBuffer.wrap(in.readNBytes(BinaryFrames.HEADER_BYTES));
            assertThat(found.getInt(8)).isEqualTo(VALUE_BYTES + 4);
            in.readInt();
            assertThat(Arrays.equals(in.readNBytes(VALUE_BYTES), VALUE)).isTrue();
        }
    }

    @Test
    void get_of100000Keys_answersThoseThatAreThere() throws IOException {
        StringBuilder line = new StringBuilder("get");
        for (int i = 0; i < KEYS; i++) {
            line.append(" key-").append(i);
        }
        try (Socket socket = connect()) {
            send(socket, "set key-7 0 0 1\r\na\r\nset key-99999 0 0 1\r\nb\r\n" + line, new byte[0], "\r\n");

            expect(
                    new DataInputStream(socket.getInputStream()),
                    "STORED\r\nSTORED\r\nVALUE key-7 0 1\r\na\r\nVALUE key-99999 0 1\r\nb\r\nEND\r\n");
        }
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server.addresses().get(0), TIMEOUT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String before, byte[] value, String behind) throws IOException {
        socket.getOutputStream().write(before.getBytes(ISO_8859_1));
        socket.getOutputStream().write(value);
        socket.getOutputStream().write(behind.getBytes(ISO_8859_1));
    }

    private static void expect(DataInputStream in, String expected) throws IOException {
        assertThat(new String(in.readNBytes(expected.length()), ISO_8859_1)).isEqualTo(expected);
    }
}
