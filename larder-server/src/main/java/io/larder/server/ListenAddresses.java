package io.larder.server;

import io.larder.base.HostPort;
import io.larder.base.LarderException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Finds out which socket addresses the names to listen on stand for. */
final class ListenAddresses {
    private ListenAddresses() {}

    /**
     * All addresses of one name; a name of this machine may have one for IPv4 and one for IPv6.
     *
     * @throws LarderException if it has none
     */
    static List<InetSocketAddress> of(HostPort address, int defaultPort) {
        try {
            int port = address.portOr(defaultPort);
            List<InetSocketAddress> found = new ArrayList<>();
            for (InetAddress one : new LinkedHashSet<>(List.of(InetAddress.getAllByName(address.host())))) {
                found.add(new InetSocketAddress(one, port));
            }
            return found;
        } catch (UnknownHostException e) {
            throw new LarderException(
                    "address %s is not known; give an address or name of this machine with -l"
                            .formatted(address.host()),
                    e);
        }
    }

    /**
     * Whether {@code wildcard} is one of IPv4 that {@code other} covers: Java's sockets on {@code ::} take IPv4 as well, so that
     * the two cannot have one port.
     */
    static boolean covers(InetSocketAddress other, InetSocketAddress wildcard) {
        return other.getAddress() instanceof Inet6Address
                && other.getAddress().isAnyLocalAddress()
                && !(wildcard.getAddress() instanceof Inet6Address)
                && wildcard.getAddress().isAnyLocalAddress()
                && other.getPort() == wildcard.getPort()
                && wildcard.getPort() != 0;
    }
}
