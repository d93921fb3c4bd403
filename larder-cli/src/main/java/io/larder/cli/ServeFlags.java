package io.larder.cli;

import io.larder.base.HostPort;
import io.larder.base.Printable;
import io.larder.server.ServerConfig;
import io.larder.storage.StorageConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
        new FlagParser("larder serve", List.of(LISTEN, PORT, MEMORY, CONNECTIONS, THREADS, VERBOSE, HELP, VERSION))
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
                    Arrays.stream(value.split(",", -1)).map(HostPort::parse).forEach(addresses::add);
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
