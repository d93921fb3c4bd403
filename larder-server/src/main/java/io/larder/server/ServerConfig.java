package io.larder.server;

import io.larder.base.HostPort;
import io.larder.storage.StorageConfig;
import java.util.List;

/**
 * How a server runs, fixed when it opens.
 *
 * @param addresses where it listens; one without a port gets {@code port}
 * @param port TCP port, 0 to 65535; 0 takes a free one
 * @param storage bounds of the item store
 * @param connectionsMax connections at a time, 1 to 1,000,000; one more is told so and closed
 * @param threads event loops, 1 to 64
 * @param verbosity 0 quiet, 1 connections refused and dropped, 2 commands as well
 */
public record ServerConfig(
        List<HostPort> addresses, int port, StorageConfig storage, int connectionsMax, int threads, int verbosity) {
    /** memcached's port. */
    public static final int PORT_DEFAULT = 11211;

    /** Loopback, port 11211, 64 MB, 1024 connections, 4 event loops, quiet. */
    public static final ServerConfig DEFAULT =
            new ServerConfig(List.of(HostPort.parse("127.0.0.1")), PORT_DEFAULT, StorageConfig.DEFAULT, 1024, 4, 0);

    private static final int CONNECTIONS_LIMIT = 1_000_000;
    private static final int THREADS_LIMIT = 64;
    private static final int PORT_LIMIT = 65_535;

    public ServerConfig {
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on; give at least one, like 127.0.0.1");
        }
        check("port", port, 0, PORT_LIMIT);
        check("number of connections", connectionsMax, 1, CONNECTIONS_LIMIT);
        check("number of threads", threads, 1, THREADS_LIMIT);
    }

    /** The same on other addresses. */
    public ServerConfig withAddresses(List<HostPort> changed) {
        return new ServerConfig(changed, port, storage, connectionsMax, threads, verbosity);
    }

    /** The same on another port. */
    public ServerConfig withPort(int changed) {
        return new ServerConfig(addresses, changed, storage, connectionsMax, threads, verbosity);
    }

    /** The same with other bounds of the store. */
    public ServerConfig withStorage(StorageConfig changed) {
        return new ServerConfig(addresses, port, changed, connectionsMax, threads, verbosity);
    }

    /** The same for another number of connections. */
    public ServerConfig withConnectionsMax(int changed) {
        return new ServerConfig(addresses, port, storage, changed, threads, verbosity);
    }

    /** The same with another number of event loops. */
    public ServerConfig withThreads(int changed) {
        return new ServerConfig(addresses, port, storage, connectionsMax, changed, verbosity);
    }

    /** The same with another verbosity. */
    public ServerConfig withVerbosity(int changed) {
        return new ServerConfig(addresses, port, storage, connectionsMax, threads, changed);
    }

    private static void check(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s %d is not between %d and %d".formatted(what, value, min, max));
        }
    }
}
