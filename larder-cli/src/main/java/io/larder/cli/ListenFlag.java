package io.larder.cli;

import io.larder.base.HostPort;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;

/** An address behind {@code -l}, in all of memcached's forms; what is not served is said by an {@link IllegalArgumentException}. */
final class ListenFlag {
    private static final String EVERYWHERE = "*";

    private ListenFlag() {}

    static HostPort address(String text) {
        if (text.startsWith("proto[")) {
            throw new IllegalArgumentException(
                    "no protocol is set for one address alone; leave proto[...] out, or give -B");
        }
        if (text.startsWith("tag[")) {
            throw new IllegalArgumentException("addresses have no tags, which only a proxy needs; leave tag[...] out");
        }
        if (text.equals(EVERYWHERE) || text.startsWith(EVERYWHERE + ":")) {
            return FlagValues.address(everywhere() + text.substring(EVERYWHERE.length()));
        }
        return FlagValues.address(text);
    }

    /** All addresses of this machine: a socket for IPv6 takes IPv4 as well, but a machine may have none. */
    private static String everywhere() {
        try {
            ServerSocketChannel.open(StandardProtocolFamily.INET6).close();
            return "[::]";
        } catch (UnsupportedOperationException | IOException e) {
            return "0.0.0.0";
        }
    }
}
