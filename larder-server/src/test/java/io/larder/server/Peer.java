package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A raw connection to a server under test; over TCP every read ends within 60 seconds. */
final class Peer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 60_000;

    private final Closeable connection;
    private final InputStream in;
    private final OutputStream out;

    Peer(InetSocketAddress server) throws IOException {
        this(connect(new Socket(), server));
    }

    /** Over a socket that is connected. */
    Peer(Socket socket) throws IOException {
        connection = socket;
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    /** Over a unix socket; its reads end with the test only. */
    Peer(Path server) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(server));
        connection = channel;
        in = new BufferedInputStream(Channels.newInputStream(channel));
        out = Channels.newOutputStream(channel);
    }

    static Socket connect(Socket socket, InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        return socket;
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(ISO_8859_1));
    }

    /** The next line without its line end. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException("closed after \"" + line + "\"");
            }
            if (b == '\n') {
                boolean returns = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
                return line.substring(0, line.length() - (returns ? 1 : 0));
            }
            line.append((char) b);
        }
    }

    String bytes(int count) throws IOException {
        return new String(in.readNBytes(count), ISO_8859_1);
    }

    /** All lines before the next that is {@code last}. */
    List<String> linesUntil(String last) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String line = line(); !line.equals(last); line = line()) {
            lines.add(line);
        }
        return lines;
    }

    /** Sends a request and answers the first line of the reply. */
    String ask(String request) throws IOException {
        send(request + "\r\n");
        return line();
    }

    /** One counter of {@code stats}. */
    String stat(String name) throws IOException {
        send("stats\r\n");
        String found = "";
        for (String line = line(); !line.equals("END"); line = line()) {
            if (line.startsWith("STAT " + name + " ")) {
                found = line.substring(6 + name.length());
            }
        }
        return found;
    }

    /** Sends no more, but still reads. */
    void endOutput() throws IOException {
        if (connection instanceof Socket socket) {
            socket.shutdownOutput();
        } else {
            ((SocketChannel) connection).shutdownOutput();
        }
    }

    /** All that comes until the server closes; it may reset, if bytes of ours are on their way then. */
    String rest() throws IOException {
        ByteArrayOutputStream rest = new ByteArrayOutputStream();
        try {
            for (int b = in.read(); b >= 0; b = in.read()) {
                rest.write(b);
            }
        } catch (SocketException e) {
            return rest.toString(ISO_8859_1);
        }
        return rest.toString(ISO_8859_1);
    }

    boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketException e) {
            return true; // reset: it was closed with bytes of ours unread
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
