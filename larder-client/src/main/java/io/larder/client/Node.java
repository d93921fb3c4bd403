package io.larder.client;

import io.larder.base.HostPort;

/**
 * One memcached server, as configured. Its name is its identity: placement, errors and statistics go by it; the host is
 * resolved anew for every connection.
 *
 * @param host name or address, IPv6 without brackets
 * @param port 1 to 65535
 * @param weight share of the keys in proportion to the weights of the others, at least 1
 */
public record Node(String host, int port, int weight) {
    /** Port where none is written. */
    public static final int PORT_DEFAULT = 11_211;

    public Node {
        if (host.isEmpty() || port < 1 || port > 65_535 || weight < 1 || weight > HostPort.WEIGHT_MAX) {
            throw new IllegalArgumentException(
                    "node needs a host, a port from 1 to 65535 and a weight from 1 to %d, was %s:%d*%d"
                            .formatted(HostPort.WEIGHT_MAX, host, port, weight));
        }
    }

    /** Reads {@code host[:port][*weight]}; the port defaults to {@value #PORT_DEFAULT}, the weight to 1. */
    public static Node parse(String text) {
        return of(HostPort.parse(text));
    }

    static Node of(HostPort written) {
        return new Node(written.host(), written.portOr(PORT_DEFAULT), written.weight());
    }

    /** {@code host:port}, an IPv6 host in brackets. */
    public String name() {
        return host.indexOf(':') < 0 ? host + ":" + port : "[" + host + "]:" + port;
    }

    @Override
    public String toString() {
        return name();
    }
}
