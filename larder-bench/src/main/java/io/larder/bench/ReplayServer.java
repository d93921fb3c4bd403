package io.larder.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.base.HostPort;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A server under measurement.
 *
 * @param name for people
 */
record ReplayServer(String name, InetSocketAddress address) {
    static ReplayServer parse(String name, String hostPort) throws IOException {
        HostPort parsed = HostPort.parse(hostPort);
        return new ReplayServer(
                name, new InetSocketAddress(InetAddress.getByName(parsed.host()), parsed.portOr(11211)));
    }

    /** Bytes of the pages that memcached has given to its size classes; 0 from a server that has none. */
    long pageBytes() throws IOException {
        try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
            socket.getOutputStream().write("stats slabs\r\n".getBytes(US_ASCII));
            BufferedReader lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            long bytes = 0;
            String line = lines.readLine();
            while (line != null && line.startsWith("STAT ")) {
                if (line.startsWith("STAT total_malloced ")) {
                    bytes = Long.parseLong(line.substring(line.lastIndexOf(' ') + 1));
                }
                line = lines.readLine();
            }
            return bytes;
        }
    }
}
