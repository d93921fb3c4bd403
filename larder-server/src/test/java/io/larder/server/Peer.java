package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A raw connection to a server under test; every read ends within 10 seconds. */
final class Peer implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final Socket socket = new Socket();
    private final InputStream in;

    Peer(InetSocketAddress server) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.connect(server, TIMEOUT_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    void send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
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
        socket.shutdownOutput();
    }

    boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (java.net.SocketException e) {
            return true; // reset: it was closed with bytes of ours unread
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
