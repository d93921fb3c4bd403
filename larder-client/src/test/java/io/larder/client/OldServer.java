package io.larder.client;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A memcached from before meta commands: passes everything on to a server, and answers {@code ERROR} to what was not known. */
final class OldServer implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final Thread accepting;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final int target;

    private OldServer(int target) throws IOException {
        this.target = target;
        accepting = Daemon.startThread("old-server", this::accept);
    }

    static OldServer inFrontOf(int port) throws IOException {
        return new OldServer(port);
    }

    int port() {
        return listener.getLocalPort();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                sockets.add(client);
                sockets.add(server);
                Daemon.startThread("old-server-replies", () -> copyReplies(server, client));
                Daemon.startThread("old-server-requests", () -> copyRequests(client, server));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private void copyReplies(Socket server, Socket client) {
        try (server;
                client) {
            server.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            sockets.remove(server); // one of them has left
        }
    }

    private void copyRequests(Socket client, Socket server) {
        try (server;
                client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = new BufferedOutputStream(server.getOutputStream());
            for (String line = line(in); !line.isEmpty(); line = line(in)) {
                boolean isMeta = line.matches("m[gsdan]( .*)?\r\n");
                String passed = isMeta ? "not_known_yet\r\n" : line;
                out.write(passed.getBytes(StandardCharsets.ISO_8859_1));
                if (line.matches("(set|add|replace|append|prepend|cas) .*\r\n")) {
                    out.write(in.readNBytes(Integer.parseInt(line.trim().split(" ", -1)[4]) + 2));
                }
                if (in.available() == 0) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            sockets.remove(client); // one of them has left
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b >= 0; b = in.read()) {
            line.write(b);
            if (b == '\n') {
                break;
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            accepting.join(10_000); // a closed listener may still accept one more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
