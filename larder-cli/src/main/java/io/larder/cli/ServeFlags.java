package io.larder.cli;

import io.larder.base.HostPort;
import io.larder.base.Printable;
import io.larder.server.ServerConfig;
import io.larder.storage.StorageConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** The flags of {@code larder serve}, memcached's letters and names. */
final class ServeFlags {
    private static final Flag LISTEN = new Flag('l', "listen", true);
    private static final Flag PORT = new Flag('p', "port", true);
    private static final Flag MEMORY = new Flag('m', "memory-limit", true);
    private static final Flag CONNECTIONS = new Flag('c', "conn-limit", true);
    private static final Flag THREADS = new Flag('t', "threads", true);
    private static final Flag VERBOSE = new Flag('v', "verbose", false);
    private static final Flag HELP = new Flag('h', "help", false);
    private static final Flag VERSION = new Flag('V', "version", false);

    /** Flags of memcached that wait for their turn. */
    private static final Set<String> NOT_OFFERED = Set.of(
            "-s",
            "-a",
            "-A",
            "-U",
            "-d",
            "-r",
            "-u",
            "-k",
            "-P",
            "-f",
            "-n",
            "-L",
            "-D",
            "-R",
            "-C",
            "-b",
            "-B",
            "-I",
            "-F",
            "-S",
            "-Y",
            "-o",
            "-X",
            "-W",
            "-e",
            "-M",
            "-Z",
            "-N",
            "--daemon",
            "--user",
            "--pidfile",
            "--unix-socket",
            "--max-item-size",
            "--disable-evictions",
            "--protocol",
            "--enable-ssl",
            "--auth-file",
            "--memory-file",
            "--extended");

    private static final int MEGABYTES_MAX = 1 << 20;

    private final List<HostPort> addresses = new ArrayList<>();
    private ServerConfig config = ServerConfig.DEFAULT;
    private boolean help;
    private boolean version;

    private ServeFlags() {}

    /**
     * Reads the words behind {@code serve}.
     *
     * @throws UsageException naming the first that is wrong
     */
    static ServeFlags parse(List<String> arguments) {
        ServeFlags flags = new ServeFlags();
        new FlagParser(
                        "larder serve",
                        List.of(LISTEN, PORT, MEMORY, CONNECTIONS, THREADS, VERBOSE, HELP, VERSION),
                        NOT_OFFERED)
                .parse(arguments, flags::take);
        if (!flags.addresses.isEmpty()) {
            flags.config = flags.config.withAddresses(flags.addresses);
        }
        return flags;
    }

    ServerConfig config() {
        return config;
    }

    boolean help() {
        return help;
    }

    boolean version() {
        return version;
    }

    private void take(Flag flag, String value) {
        try {
            switch (flag.letter()) {
                case 'l' ->
                    Arrays.stream(value.split(",", -1)).map(ServeFlags::address).forEach(addresses::add);
                case 'p' -> config = config.withPort(number(value));
                case 'm' -> config = config.withStorage(memory(value));
                case 'c' -> config = config.withConnectionsMax(number(value));
                case 't' -> config = config.withThreads(number(value));
                case 'v' -> config = config.withVerbosity(config.verbosity() + 1);
                case 'h' -> help = true;
                case 'V' -> version = true;
                default -> throw new IllegalStateException("flag without an effect: " + flag);
            }
        } catch (IllegalArgumentException e) {
            throw new UsageException("larder serve %s %s: %s".formatted(flag, Printable.of(value), e.getMessage()));
        }
    }

    private static HostPort address(String text) {
        HostPort address = HostPort.parse(text);
        if (address.weight() != 1) {
            throw new IllegalArgumentException("an address to listen on has no weight; write host or host:port");
        }
        return address;
    }

    private static StorageConfig memory(String value) {
        int megabytes = number(value);
        if (megabytes < 1 || megabytes > MEGABYTES_MAX) {
            throw new IllegalArgumentException(
                    "memory of %d megabytes is not between 1 and %d".formatted(megabytes, MEGABYTES_MAX));
        }
        return StorageConfig.DEFAULT.withBytes((long) megabytes << 20);
    }

    private static int number(String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a whole number", e);
        }
    }
}
