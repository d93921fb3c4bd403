package io.larder.server;

import java.nio.channels.ServerSocketChannel;

/**
 * A place where the server listens, and what holds for whoever connects there.
 *
 * @param tls whether it has to speak TLS
 * @param path of a unix socket, safe to print; empty for TCP
 */
record Endpoint(ServerSocketChannel socket, boolean tls, String path) {
    boolean isUnix() {
        return !path.isEmpty();
    }
}
