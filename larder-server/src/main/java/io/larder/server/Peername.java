package io.larder.server;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;

/**
 * Both ends of a connection, as text.
 *
 * @param remote address of the peer, {@code unix} for a unix socket
 * @param remotePort its port, 0 for a unix socket
 * @param local address and port, or path, that it came in by
 */
record Peername(String remote, int remotePort, String local) {
    private static final String UNIX = "unix";

    static Peername of(Arrival arrival) throws IOException {
        SocketChannel channel = arrival.channel();
        if (channel.getRemoteAddress() instanceof InetSocketAddress peer) {
            return new Peername(host(peer), peer.getPort(), text(channel.getLocalAddress()));
        }
        return new Peername(UNIX, 0, arrival.endpoint().path());
    }

    /** As in the lines of {@code watch connevents}. */
    String inLog() {
        return "rip=%s rport=%d transport=%s".formatted(remote, remotePort, isUnix() ? "local" : "tcp");
    }

    /** As in {@code stats conns}. */
    String inStats() {
        return isUnix()
                ? UNIX
                : remote.indexOf(':') >= 0
                        ? "tcp6:[%s]:%d".formatted(remote, remotePort)
                        : "tcp:" + remote + ":" + remotePort;
    }

    /** The same for the address it came in by. */
    String localInStats() {
        return isUnix() ? "unix:" + local : (local.startsWith("[") ? "tcp6:" : "tcp:") + local;
    }

    private boolean isUnix() {
        return remote.equals(UNIX);
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet)) {
            return String.valueOf(address);
        }
        String host = host(inet);
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + inet.getPort();
    }

    private static String host(InetSocketAddress address) {
        return address.getAddress().getHostAddress();
    }
}
