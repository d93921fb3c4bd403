package io.larder.cli;

import io.larder.server.TlsConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What {@code -Z} and the options {@code ssl_...} behind {@code -o} ask for. */
final class TlsFlags {
    private static final String NONE_GIVEN = "no file given; name one";

    private boolean enabled;
    private boolean mentioned;
    private Optional<Path> chain = Optional.empty();
    private @Nullable Path key;
    private boolean keyIsDer;
    private TlsConfig.Clients clients = TlsConfig.Clients.UNASKED;
    private @Nullable Path clientCa;
    private List<String> ciphers = List.of();
    private TlsConfig.Version oldest = TlsConfig.Version.TLS_1_2;

    void enable() {
        enabled = true;
    }

    void chain(String value) {
        chain = Optional.of(file(value));
    }

    void key(String value) {
        key = file(value);
    }

    /** memcached tells of names, and takes OpenSSL's numbers for them. */
    void keyFormat(String value) {
        mentioned = true;
        keyIsDer = switch (value) {
            case "PEM", "1" -> false;
            case "DER", "2" -> true;
            default -> throw new IllegalArgumentException("no form of keys that is known here; give PEM or DER");
        };
    }

    /** 3 is 1, and asks for the certificate once: nobody is asked twice here. */
    void verifyMode(String value) {
        mentioned = true;
        clients = switch (value) {
            case "0" -> TlsConfig.Clients.UNASKED;
            case "1", "3" -> TlsConfig.Clients.ASKED;
            case "2" -> TlsConfig.Clients.REQUIRED;
            default ->
                throw new IllegalArgumentException(
                        "no such mode; give 0 (clients show no certificate), 1 or 3 (they may), or 2 (they must)");
        };
    }

    void clientCa(String value) {
        clientCa = file(value);
    }

    void ciphers(String value) {
        mentioned = true;
        ciphers = List.of(value.split(":", -1));
    }

    /** The versions before 1.2 are not spoken, which those who allow them must not trip over. */
    void oldest(String value) {
        mentioned = true;
        oldest = switch (value) {
            case "0", "1", "2" -> TlsConfig.Version.TLS_1_2;
            case "3" -> TlsConfig.Version.TLS_1_3;
            default ->
                throw new IllegalArgumentException(
                        "no such version; give 2 for TLS 1.2 or 3 for TLS 1.3 (0 and 1 mean 2, older ones are not spoken)");
        };
    }

    /** Whether it is told how, but not to. */
    boolean isIdle() {
        return mentioned && !enabled;
    }

    /**
     * TLS as asked for, if it is.
     *
     * @throws UsageException if something is lacking
     */
    Optional<TlsConfig> settle(String command) {
        if (!enabled) {
            return Optional.empty();
        }
        Path certificate = chain.orElseThrow(
                () -> new UsageException(
                        command
                                + " -Z: no certificate given; name its file, and that of its key: -o ssl_chain_cert=FILE,ssl_key=FILE"));
        try {
            return Optional.of(new TlsConfig(certificate, key, keyIsDer, clients, clientCa, ciphers, oldest));
        } catch (IllegalArgumentException e) {
            throw new UsageException(command + " -Z: " + e.getMessage());
        }
    }

    private Path file(String value) {
        mentioned = true;
        if (value.isEmpty()) {
            throw new IllegalArgumentException(NONE_GIVEN);
        }
        return FlagValues.path(value);
    }
}
