package io.larder.server;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/** All connections, for who asks about them. Thread-safe: loops add and remove their own, anybody may look. */
final class OpenConnections {
    /** As many as one answer tells of. */
    private static final int TOLD_MAX = 10_000;

    private final Map<Long, Connection> open = new ConcurrentSkipListMap<>();

    void add(Connection connection) {
        open.put(connection.id(), connection);
    }

    void remove(Connection connection) {
        open.remove(connection.id());
    }

    /** The answer to {@code stats conns}: what another loop's connection is at may have changed when it is read. */
    String describe() {
        StringBuilder out = new StringBuilder();
        open.values().stream().limit(TOLD_MAX).forEach(connection -> {
            long id = connection.id();
            Peername peer = connection.peer();
            out.append("STAT %d:addr %s\r\n".formatted(id, peer.inStats()));
            out.append("STAT %d:listen_addr %s\r\n".formatted(id, peer.localInStats()));
            out.append("STAT %d:state %s\r\n".formatted(id, connection.state()));
            out.append("STAT %d:secs_since_last_cmd %d\r\n".formatted(id, connection.idleSeconds()));
        });
        return out.append("END\r\n").toString();
    }
}
