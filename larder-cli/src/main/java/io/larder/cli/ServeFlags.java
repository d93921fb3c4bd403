package io.larder.cli;

import io.larder.base.HostPort;
import io.larder.base.Printable;
import io.larder.server.ServerConfig;
import io.larder.server.UnixSocket;
import io.larder.server.WireProtocol;
import io.larder.storage.StorageConfig;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the flags of {@code larder serve} ask for. The rows of {@link ServeFlagTable} fill it; whatever depends on several flags
 * is settled when all are read.
 */
final class ServeFlags {
    private static final String COMMAND = "larder serve";
    private static final String SASL_FILE = "MEMCACHED_SASL_PWDB"; // the name memcached gives it
    private static final String PLAIN = "notls:"; // memcached's mark of an address without TLS
    private static final String ADMIN_HOST_DEFAULT = "127.0.0.1";
    private static final int PORT_MAX = 65_535;
    private static final int MEGABYTES_MAX = 1 << 20;
    private static final int MEMCACHEDS_FREE_PORT = -1;

    private final List<HostPort> addresses = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private ServerConfig config = ServerConfig.DEFAULT;
    private StorageConfig storage = StorageConfig.DEFAULT;
    private OptionalLong itemBytesMax = OptionalLong.empty();
    private Optional<WireProtocol> protocol = Optional.empty();
    private boolean sasl;
    private Optional<Path> authFile = Optional.empty();
    private final TlsFlags tls = new TlsFlags();
    private final Set<HostPort> plainAddresses = new HashSet<>();
    private Optional<Path> unixSocket = Optional.empty();
    private int unixMode = UnixSocket.MODE_DEFAULT;
    private Optional<Path> pidFile = Optional.empty();
    private String user = "";
    private boolean inBackground;
    private OptionalInt adminPort = OptionalInt.empty();
    private Optional<String> adminHost = Optional.empty();
    private Optional<String> answer = Optional.empty();

    private ServeFlags() {}

    /**
     * Reads the words behind {@code serve}.
     *
     * @throws UsageException naming the first that is wrong
     */
    static ServeFlags parse(List<String> arguments) {
        return parse(arguments, System.getenv());
    }

    /** @param environment in place of that of this process */
    static ServeFlags parse(List<String> arguments, Map<String, String> environment) {
        ServeFlags flags = new ServeFlags();
        new FlagParser(COMMAND, ServeFlagTable.FLAGS).parse(arguments, flags::take);
        flags.settle(environment);
        return flags;
    }

    ServerConfig config() {
        return config;
    }

    /** Why flags change nothing, a line each, for {@code -v}. */
    List<String> notes() {
        return List.copyOf(notes);
    }

    /** The text that {@code -h}, {@code -i} or {@code -V} asks for. */
    Optional<String> answer() {
        return answer;
    }

    /** The port of the admin pages, 0 for a free one; empty for no such pages. */
    OptionalInt adminPort() {
        return adminPort;
    }

    /** The address of the admin pages. */
    String adminHost() {
        return adminHost.orElse(ADMIN_HOST_DEFAULT);
    }

    /** Whether it runs without a terminal. */
    boolean inBackground() {
        return inBackground;
    }

    /** Where the number of the process is to be written. */
    Optional<Path> pidFile() {
        return pidFile;
    }

    /** A warning if others than this machine's users can connect, and nothing asks them who they are. */
    static Optional<String> exposure(List<InetSocketAddress> exposed) {
        return exposed.stream()
                .findFirst()
                .map(address ->
                        ("%s: anyone who reaches %s can read and change all items, since nothing asks who it is;"
                                        + " give users by -Y, or let clients show certificates by -Z with ssl_verify_mode=2")
                                .formatted(COMMAND, written(address)));
    }

    static String written(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
    }

    /** A warning if there is talk of TLS, and yet none. */
    Optional<String> idleTls() {
        return tls.isIdle()
                ? Optional.of(COMMAND + ": the options ssl_... change nothing without -Z; nobody speaks TLS")
                : Optional.empty();
    }

    /**
     * Checks what only the launcher can do.
     *
     * @param userNow who runs this process
     * @param launched whether the launcher waits for word that it serves
     * @throws UsageException if it has not been done
     */
    void checkProcess(String userNow, boolean launched) {
        if (inBackground && !launched) {
            throw new UsageException(
                    COMMAND + " -d: only ./larder can start a server in the background; start it by that");
        }
        if (user.isEmpty() || user.equals(userNow)) {
            return;
        }
        if (userNow.equals("root")) {
            throw new UsageException("%s -u %s: only ./larder can change the user; start it by that, or as that user"
                    .formatted(COMMAND, Printable.of(user)));
        }
        note("-u changes nothing: only root can change the user");
    }

    private void take(Flag flag, String written, String value) {
        try {
            flag.effect().accept(this, value);
        } catch (IllegalArgumentException e) {
            String given = value.isEmpty() ? "" : (written.startsWith("-o ") ? "=" : " ") + Printable.of(value);
            throw new UsageException("%s %s%s: %s".formatted(COMMAND, written, given, e.getMessage()));
        }
    }

    private void settle(Map<String, String> environment) {
        if (!addresses.isEmpty()) {
            config = config.withAddresses(addresses);
        }
        if (itemBytesMax.isPresent()) {
            storage = withItemBytesMax(itemBytesMax.getAsLong());
        }
        config = config.withStorage(storage);
        unixSocket.ifPresent(path -> change(before -> before.withUnixSocket(new UnixSocket(path, unixMode))));
        config = config.withProtocol(protocol.orElse(WireProtocol.AUTO));
        if (adminHost.isPresent() && adminPort.isEmpty()) {
            throw new UsageException(
                    "%s --admin-listen: there are no admin pages without --admin-port; give it too".formatted(COMMAND));
        }
        if (sasl) {
            settleSasl(environment.get(SASL_FILE));
        }
        authFile.ifPresent(this::settleAuthFile);
        tls.settle(COMMAND).ifPresent(how -> config = config.withTls(how));
        config = config.withPlainAddresses(plainAddresses);
    }

    private void settleAuthFile(Path file) {
        if (sasl || protocol.orElse(WireProtocol.ASCII) != WireProtocol.ASCII) {
            throw new UsageException(
                    "%s -Y: its users speak the text protocol only; leave -S and -B out, or give -B ascii"
                            .formatted(COMMAND));
        }
        config = config.withAuthFile(file);
    }

    private void settleSasl(@Nullable String file) {
        if (protocol.isPresent() && protocol.get() != WireProtocol.BINARY) {
            throw new UsageException(
                    "%s -S: only the binary protocol has SASL; leave -B out, or give -B binary".formatted(COMMAND));
        }
        if (file == null || file.isEmpty()) {
            throw new UsageException(
                    "%s -S: %s is not set; let it name a file of lines user:password".formatted(COMMAND, SASL_FILE));
        }
        config = config.withSaslFile(FlagValues.path(file));
    }

    private StorageConfig withItemBytesMax(long bytes) {
        if (bytes > storage.bytes() / 2) {
            throw new UsageException("%s -I: items of %d bytes are more than half of -m, %d bytes; raise -m or lower -I"
                    .formatted(COMMAND, bytes, storage.bytes()));
        }
        return storage.withValueBytesMax((int) bytes);
    }

    // --- effects -------------------------------------------------------------------------------------------------

    void note(String line) {
        notes.add(line);
    }

    void listen(String value) {
        for (String text : value.split("[,;]", -1)) {
            boolean plain = text.startsWith(PLAIN);
            HostPort address = ListenFlag.address(plain ? text.substring(PLAIN.length()) : text);
            addresses.add(address);
            if (plain) {
                plainAddresses.add(address);
            }
        }
    }

    void port(String value) {
        int port = FlagValues.number(value);
        config = config.withPort(port == MEMCACHEDS_FREE_PORT ? 0 : port);
    }

    void udpPort(String value) {
        if (FlagValues.number(value) != 0) {
            throw new IllegalArgumentException("larder does not speak UDP; leave it out or give 0");
        }
    }

    void unixSocket(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("no path given; write one, like /run/larder.sock");
        }
        unixSocket = Optional.of(FlagValues.path(value));
    }

    void unixMode(String value) {
        if (!value.matches("[0-7]{1,4}")) {
            throw new IllegalArgumentException("not a mode in octal; write one from 0 to 777, like 770");
        }
        unixMode = new UnixSocket(Path.of(""), Integer.parseInt(value, 8)).mode();
    }

    TlsFlags tls() {
        return tls;
    }

    void memory(String value) {
        long megabytes = FlagValues.size(value, 1 << 20) >> 20;
        if (megabytes < 1 || megabytes > MEGABYTES_MAX) {
            throw new IllegalArgumentException(
                    "memory of %d megabytes is not between 1 and %d".formatted(megabytes, MEGABYTES_MAX));
        }
        storage = storage.withBytes(megabytes << 20);
    }

    void itemSize(String value) {
        long bytes = FlagValues.size(value, 1);
        if (bytes < StorageConfig.VALUE_BYTES_MIN || bytes > StorageConfig.VALUE_BYTES_LIMIT) {
            throw new IllegalArgumentException("largest item of %d bytes is not between 1k and 1g".formatted(bytes));
        }
        itemBytesMax = OptionalLong.of(bytes);
    }

    void protocol(String value) {
        protocol = Optional.of(
                switch (value) {
                    case "auto" -> WireProtocol.AUTO;
                    case "ascii" -> WireProtocol.ASCII;
                    case "binary" -> WireProtocol.BINARY;
                    default -> throw new IllegalArgumentException("no such protocol; give auto, ascii or binary");
                });
    }

    void sasl() {
        sasl = true;
    }

    void authFile(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("no file given; name one of lines user:password");
        }
        authFile = Optional.of(FlagValues.path(value));
    }

    void evictions(boolean evicts) {
        storage = storage.withEvicts(evicts);
    }

    void memoryFile(String value) {
        storage = storage.withFile(FlagValues.path(value));
    }

    void connections(String value) {
        config = config.withConnectionsMax(FlagValues.number(value));
    }

    void threads(String value) {
        config = config.withThreads(FlagValues.number(value));
    }

    void backlog(String value) {
        config = config.withBacklog(FlagValues.number(value));
    }

    void requestsPerTurn(String value) {
        config = config.withRequestsPerTurn(FlagValues.number(value));
    }

    void idleTimeout(String value) {
        config = config.withIdleTimeout(Duration.ofSeconds(FlagValues.number(value)));
    }

    void verbose() {
        config = config.withVerbosity(config.verbosity() + 1);
    }

    void answer(String text) {
        answer = answer.or(() -> Optional.of(text));
    }

    void adminPort(String value) {
        int port = FlagValues.number(value);
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException("port %d is not between 0 and %d".formatted(port, PORT_MAX));
        }
        adminPort = OptionalInt.of(port);
    }

    void adminHost(String value) {
        HostPort address = FlagValues.address(value);
        if (address.port() != null) {
            throw new IllegalArgumentException("the port goes behind --admin-port; write the address alone");
        }
        adminHost = Optional.of(address.host());
    }

    void pidFile(String value) {
        pidFile = Optional.of(FlagValues.path(value));
    }

    void user(String value) {
        user = value;
    }

    void goToBackground() {
        inBackground = true;
    }

    void change(UnaryOperator<ServerConfig> changed) {
        config = changed.apply(config);
    }

    /** Only the first character counts, as with memcached. */
    void prefixDelimiter(String value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("no delimiter given; write one character, like :");
        }
        change(config -> config.withPrefixCounts(value.charAt(0)));
    }

    void options(String value) {
        FlagParser.parseOptions(COMMAND, value, ServeFlagTable.OPTIONS, this::take);
    }
}
