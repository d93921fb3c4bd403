package io.larder.server;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a server speaks TLS. The files are read when it opens, and again by {@link CacheServer#reload}.
 *
 * @param chain its certificate in PEM form, with those that vouch for it behind
 * @param key its private key, not encrypted; {@code null} where it lies in {@code chain}
 * @param keyIsDer whether {@code key} is in DER form, not PEM
 * @param clients whether clients show certificates
 * @param clientCa certificates that vouch for clients', in PEM form; needed unless {@code clients} is {@link Clients#UNASKED}
 * @param ciphers suites of TLS 1.2 that may be used, by their OpenSSL or JDK names; empty for the JDK's. Those of TLS 1.3 always may
 * @param oldest the oldest version spoken
 */
public record TlsConfig(
        Path chain,
        @Nullable Path key,
        boolean keyIsDer,
        Clients clients,
        @Nullable Path clientCa,
        List<String> ciphers,
        Version oldest) {

    /** Whether clients must show a certificate. One that is shown must always be vouched for. */
    public enum Clients {
        UNASKED(0),
        ASKED(1),
        REQUIRED(2);

        private final int mode;

        Clients(int mode) {
            this.mode = mode;
        }

        /** memcached's number for it. */
        int mode() {
            return mode;
        }
    }

    /** Versions spoken. */
    public enum Version {
        TLS_1_2("TLSv1.2"),
        TLS_1_3("TLSv1.3");

        private final String name;

        Version(String name) {
            this.name = name;
        }

        String protocol() {
            return name;
        }
    }

    public TlsConfig {
        ciphers = List.copyOf(ciphers);
        if (clients != Clients.UNASKED && clientCa == null) {
            throw new IllegalArgumentException(
                    "to check certificates of clients it takes the one that vouches for them:"
                            + " give its file by -o ssl_ca_cert");
        }
    }

    /** TLS 1.2 and 1.3 for any client, with certificate and key from one file, or from {@code key}. */
    public static TlsConfig of(Path chain, @Nullable Path key) {
        return new TlsConfig(chain, key, false, Clients.UNASKED, null, List.of(), Version.TLS_1_2);
    }

    /** The same with certificates of clients checked. */
    public TlsConfig withClients(Clients changed, Path ca) {
        return new TlsConfig(chain, key, keyIsDer, changed, ca, ciphers, oldest);
    }

    /** The same with other suites for TLS 1.2. */
    public TlsConfig withCiphers(List<String> changed) {
        return new TlsConfig(chain, key, keyIsDer, clients, clientCa, changed, oldest);
    }

    /** The same with another oldest version. */
    public TlsConfig withOldest(Version changed) {
        return new TlsConfig(chain, key, keyIsDer, clients, clientCa, ciphers, changed);
    }
}
