package io.larder.server;

import io.larder.base.HostPort;
import io.larder.storage.StorageConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * How a server runs, fixed when it opens. Immutable: each {@code with...} answers a changed copy, and refuses with {@link
 * IllegalArgumentException} what is out of bounds.
 *
 * <p>Not a record, so that a new setting is a field, an accessor and a {@code with...} in one place, and nothing else changes.
 */
public final class ServerConfig implements Cloneable {
    /** memcached's port. */
    public static final int PORT_DEFAULT = 11211;

    /** Loopback, port 11211, 64 MB, 1024 connections, 4 event loops, quiet. */
    public static final ServerConfig DEFAULT = new ServerConfig();

    private static final int CONNECTIONS_LIMIT = 1_000_000;
    private static final int THREADS_LIMIT = 64;
    private static final int PORT_LIMIT = 65_535;
    private static final int REQUESTS_PER_TURN_LIMIT = 1_000_000;
    private static final Duration IDLE_MIN = Duration.ofSeconds(1);
    private static final Duration IDLE_LIMIT = Duration.ofDays(3650);

    private List<HostPort> addresses = List.of(HostPort.parse("127.0.0.1"));
    private int port = PORT_DEFAULT;
    private StorageConfig storage = StorageConfig.DEFAULT;
    private int connectionsMax = 1024;
    private int threads = 4;
    private int verbosity;
    private WireProtocol protocol = WireProtocol.AUTO;
    private Optional<Path> saslFile = Optional.empty();
    private Optional<Path> authFile = Optional.empty();
    private boolean dumps = true;
    private boolean watches = true;
    private char prefixDelimiter = ':';
    private boolean countsPrefixes;
    private boolean tracksSizes;
    private boolean debugTime;
    private boolean flush = true;
    private boolean cas = true;
    private boolean shutdown;
    private int requestsPerTurn = 256;
    private int backlog = 1024;
    private Duration idleTimeout = Duration.ZERO;
    private Optional<UnixSocket> unixSocket = Optional.empty();
    private Optional<TlsConfig> tls = Optional.empty();
    private Set<HostPort> plainAddresses = Set.of();

    private ServerConfig() {}

    /** Where it listens, at least one; an address without a port gets {@link #port}. */
    public List<HostPort> addresses() {
        return addresses;
    }

    /** The same on other addresses. */
    public ServerConfig withAddresses(List<HostPort> changed) {
        if (changed.isEmpty()) {
            throw new IllegalArgumentException("no address to listen on; give at least one, like 127.0.0.1");
        }
        return with(copy -> copy.addresses = List.copyOf(changed));
    }

    /** TCP port, 0 to 65535; 0 takes a free one. */
    public int port() {
        return port;
    }

    /** The same on another port. */
    public ServerConfig withPort(int changed) {
        return with(copy -> copy.port = checked("port", changed, 0, PORT_LIMIT));
    }

    /** The unix socket it listens on instead of {@link #addresses}. */
    public Optional<UnixSocket> unixSocket() {
        return unixSocket;
    }

    /** The same on a unix socket, and on no TCP port. */
    public ServerConfig withUnixSocket(UnixSocket changed) {
        return with(copy -> copy.unixSocket = Optional.of(changed));
    }

    /** TLS on all TCP addresses but {@link #plainAddresses}; a unix socket goes without. */
    public Optional<TlsConfig> tls() {
        return tls;
    }

    /** The same with TLS. */
    public ServerConfig withTls(TlsConfig changed) {
        return with(copy -> copy.tls = Optional.of(changed));
    }

    /** Those of {@link #addresses} where nobody speaks TLS although {@link #tls} is there. */
    public Set<HostPort> plainAddresses() {
        return plainAddresses;
    }

    /** The same with these of its addresses in plain text. */
    public ServerConfig withPlainAddresses(Set<HostPort> changed) {
        return with(copy -> copy.plainAddresses = Set.copyOf(changed));
    }

    /** Bounds of the item store. */
    public StorageConfig storage() {
        return storage;
    }

    /** The same with other bounds of the store. */
    public ServerConfig withStorage(StorageConfig changed) {
        return with(copy -> copy.storage = changed);
    }

    /** Connections at a time, 1 to 1,000,000; one more is told so and closed. */
    public int connectionsMax() {
        return connectionsMax;
    }

    /** The same for another number of connections. */
    public ServerConfig withConnectionsMax(int changed) {
        return with(copy -> copy.connectionsMax = checked("number of connections", changed, 1, CONNECTIONS_LIMIT));
    }

    /** Event loops, 1 to 64. */
    public int threads() {
        return threads;
    }

    /** The same with another number of event loops. */
    public ServerConfig withThreads(int changed) {
        return with(copy -> copy.threads = checked("number of threads", changed, 1, THREADS_LIMIT));
    }

    /** 0 quiet, 1 connections refused and dropped, 2 commands as well. */
    public int verbosity() {
        return verbosity;
    }

    /** The same with another verbosity. */
    public ServerConfig withVerbosity(int changed) {
        return with(copy -> copy.verbosity = changed);
    }

    /** What clients may speak. */
    public WireProtocol protocol() {
        return protocol;
    }

    /** The same for other protocols. */
    public ServerConfig withProtocol(WireProtocol changed) {
        return with(copy -> copy.protocol = changed);
    }

    /** Lines {@code user:password}; where there are some, only they are served, by SASL PLAIN of the binary protocol. */
    public Optional<Path> saslFile() {
        return saslFile;
    }

    /** The same for those users only, who speak the binary protocol; the file is read again when it has changed. */
    public ServerConfig withSaslFile(Path file) {
        return with(copy -> {
            copy.saslFile = Optional.of(file);
            copy.authFile = Optional.empty();
            copy.protocol = WireProtocol.BINARY;
        });
    }

    /** Lines {@code user:password}; where there are some, only they are served, by a first {@code set} of the text protocol. */
    public Optional<Path> authFile() {
        return authFile;
    }

    /** The same for those users only, who speak the text protocol; {@link CacheServer#reload} reads the file again. */
    public ServerConfig withAuthFile(Path file) {
        return with(copy -> {
            copy.authFile = Optional.of(file);
            copy.saslFile = Optional.empty();
            copy.protocol = WireProtocol.ASCII;
        });
    }

    /** Whether peers may have all keys listed, and count them by prefix. */
    public boolean dumps() {
        return dumps;
    }

    /** The same, allowing it or not. */
    public ServerConfig withDumps(boolean changed) {
        return with(copy -> copy.dumps = changed);
    }

    /** Whether peers may watch what others do. */
    public boolean watches() {
        return watches;
    }

    /** The same, allowing it or not. */
    public ServerConfig withWatches(boolean changed) {
        return with(copy -> copy.watches = changed);
    }

    /** What ends the prefix of a key, for {@code stats detail}. */
    public char prefixDelimiter() {
        return prefixDelimiter;
    }

    /** Whether it counts by prefix from the start. */
    public boolean countsPrefixes() {
        return countsPrefixes;
    }

    /** The same, counting by prefix from the start. */
    public ServerConfig withPrefixCounts(char delimiter) {
        return with(copy -> {
            copy.prefixDelimiter = delimiter;
            copy.countsPrefixes = true;
        });
    }

    /** Whether {@code stats sizes} answers from the start. */
    public boolean tracksSizes() {
        return tracksSizes;
    }

    /** The same, answering {@code stats sizes} from the start or not. */
    public ServerConfig withTrackedSizes(boolean changed) {
        return with(copy -> copy.tracksSizes = changed);
    }

    /** Requests, and keys of a multiget, that one connection may have served before others get their turn; 1 to 1,000,000. */
    public int requestsPerTurn() {
        return requestsPerTurn;
    }

    /** The same with longer or shorter turns. */
    public ServerConfig withRequestsPerTurn(int changed) {
        return with(copy ->
                copy.requestsPerTurn = checked("number of requests per turn", changed, 1, REQUESTS_PER_TURN_LIMIT));
    }

    /** Connections that the kernel keeps until they are accepted; it may keep fewer, and one where this is 0. */
    public int backlog() {
        return backlog;
    }

    /** The same for another number of connections not accepted yet. */
    public ServerConfig withBacklog(int changed) {
        return with(copy -> copy.backlog = checked("backlog", changed, 0, Integer.MAX_VALUE));
    }

    /** A peer that has sent and taken nothing for this long is closed, within about a second; zero for never. */
    public Duration idleTimeout() {
        return idleTimeout;
    }

    /** The same with another patience for idle peers; zero, or 1 second to 10 years. */
    public ServerConfig withIdleTimeout(Duration changed) {
        if (!changed.isZero() && (changed.compareTo(IDLE_MIN) < 0 || changed.compareTo(IDLE_LIMIT) > 0)) {
            throw new IllegalArgumentException("idle timeout of %d s is not between 1 and %d, nor 0 for none"
                    .formatted(changed.toSeconds(), IDLE_LIMIT.toSeconds()));
        }
        return with(copy -> copy.idleTimeout = changed);
    }

    /** Whether peers may move the server's clock by {@code debugtime}, for tests of clients; false unless told otherwise. */
    public boolean debugTime() {
        return debugTime;
    }

    /** The same with {@code debugtime} or without. */
    public ServerConfig withDebugTime(boolean changed) {
        return with(copy -> copy.debugTime = changed);
    }

    /** Whether peers may empty the store by {@code flush_all}; true unless told otherwise. */
    public boolean flush() {
        return flush;
    }

    /** The same with {@code flush_all} or without. */
    public ServerConfig withFlush(boolean changed) {
        return with(copy -> copy.flush = changed);
    }

    /** Whether items have CAS tokens; without, each is told as 0 and whoever compares finds another value. True unless told otherwise. */
    public boolean cas() {
        return cas;
    }

    /** The same with CAS tokens or without. */
    public ServerConfig withCas(boolean changed) {
        return with(copy -> copy.cas = changed);
    }

    /** Whether peers may end the server by {@code shutdown}; false unless told otherwise. */
    public boolean shutdown() {
        return shutdown;
    }

    /** The same with {@code shutdown} or without. */
    public ServerConfig withShutdown(boolean changed) {
        return with(copy -> copy.shutdown = changed);
    }

    /** Whether clients of an address must prove who they are. */
    boolean knowsClients(boolean byTls) {
        boolean byCertificate = byTls && tls.isPresent() && tls.get().clients() == TlsConfig.Clients.REQUIRED;
        return byCertificate || saslFile.isPresent() || authFile.isPresent();
    }

    private ServerConfig with(Consumer<ServerConfig> change) {
        try {
            ServerConfig copy = (ServerConfig) clone();
            change.accept(copy);
            return copy;
        } catch (CloneNotSupportedException e) {
            throw new AssertionError("a config can be copied", e);
        }
    }

    private static int checked(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s %d is not between %d and %d".formatted(what, value, min, max));
        }
        return value;
    }
}
