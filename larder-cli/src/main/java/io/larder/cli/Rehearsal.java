package io.larder.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * What the build lets a server do once, so that the classes that are needed for it go into the archive that makes starting
 * quick: see the launcher.
 */
final class Rehearsal {
    static final String PROPERTY = "larder.rehearsal";

    private static final String REQUESTS =
            "set a 0 0 1\r\nx\r\nget a\r\nms b 1\r\ny\r\nmg b k v t\r\nincr n 1\r\ndelete a\r\nversion\r\n";
    private static final int WAIT_MILLIS_MAX = 10_000;

    private Rehearsal() {}

    /** Has the server at {@code address} answer requests of the usual kinds. */
    static void run(InetSocketAddress address) {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.setSoTimeout(WAIT_MILLIS_MAX);
            socket.getOutputStream().write(REQUESTS.getBytes(US_ASCII));
            BufferedReader answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            for (String line = answers.readLine();
                    line != null && !line.startsWith("VERSION");
                    line = answers.readLine()) {}
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
