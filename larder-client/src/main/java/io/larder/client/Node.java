package io.larder.client;

import io.larder.base.HostPort;
import io.larder.base.Printable;
import java.nio.charset.StandardCharsets;

/**
 * One memcached server, as configured. Its name is its identity: placement, errors and statistics go by it; the host is
 * resolved anew for every connection.
 *
 * @param host name or address, IPv6 without brackets; or the absolute path of a unix socket
 * @param port 1 to 65535; 0 for a unix socket
 * @param weight share of the keys in proportion to the weights of the others, at least 1
 */
public record Node(String host, int port, int weight) {
    /** Port where none is written. */
    public static final int PORT_DEFAULT = 11_211;

    /** Longest path of a unix socket, in bytes of UTF-8; the operating system may allow a few less. */
    public static final int PATH_BYTES_MAX = 107;

    private static final String UNIX = "unix:";
    private static final int PORT_MAX = 65_535;

    public Node {
        boolean unix = host.startsWith("/");
        if (unix && host.getBytes(StandardCharsets.UTF_8).length > PATH_BYTES_MAX) {
            throw new IllegalArgumentException("path of a unix socket must have at most %d bytes, was \"%s\""
                    .formatted(PATH_BYTES_MAX, Printable.of(host)));
        }
        boolean hasPort = unix ? port == 0 : port >= 1 && port <= PORT_MAX;
        if (host.isEmpty() || !hasPort || weight < 1 || weight > HostPort.WEIGHT_MAX) {
            throw new IllegalArgumentException(
                    "node needs a host, a port from 1 to %d (0 for a path) and a weight from 1 to %d, was %s:%d*%d"
                            .formatted(PORT_MAX, HostPort.WEIGHT_MAX, host, port, weight));
        }
    }

    /**
     * Reads {@code host[:port][*weight]} or {@code unix:/path[*weight]}; the port defaults to {@value #PORT_DEFAULT}, the weight
     * to 1.
     */
    public static Node parse(String text) {
        String trimmed = text.trim();
        return trimmed.startsWith(UNIX) ? unix(trimmed.substring(UNIX.length())) : of(HostPort.parse(trimmed));
    }

    /** Reads {@code /path[*weight]}: a unix socket. */
    static Node unix(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException(
                    "\"%s\" is not the path of a unix socket; write an absolute one, like".formatted(Printable.of(text))
                            + " /run/memcached.sock");
        }
        int star = text.lastIndexOf('*');
        return star < 0
                ? new Node(text, 0, 1)
                : new Node(
                        text.substring(0, star),
                        0,
                        HostPort.parse("unix" + text.substring(star)).weight());
    }

    static Node of(HostPort written) {
        return new Node(written.host(), written.portOr(PORT_DEFAULT), written.weight());
    }

    /** Whether it is a unix socket. */
    public boolean isUnix() {
        return port == 0;
    }

    /** {@code host:port}, an IPv6 host in brackets; {@code unix:/path}. */
    public String name() {
        if (isUnix()) {
            return UNIX + host;
        }
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }

    @Override
    public String toString() {
        return name();
    }
}
