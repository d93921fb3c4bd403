package io.larder.base;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Certificates made once for all tests by the keytool of this JDK, in files. Aliases: {@code ca}, and by it {@code server}, {@code
 * renewed}, {@code client}; by nobody {@code stranger}, {@code expired}. Thread-safe.
 */
public final class TestCertificates {
    private static final String OWN = "own";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final Path folder;
    private final KeyStore store;

    private TestCertificates() throws IOException, GeneralSecurityException {
        folder = Files.createTempDirectory("larder-certificates");
        Path file = folder.resolve("all.p12");
        keytool(file, "ca", "CN=ca", "-keyalg", "EC", "-ext", "bc:c");
        keytool(file, "server", "CN=server", "-keyalg", "EC", "-signer", "ca");
        keytool(file, "renewed", "CN=renewed", "-keyalg", "RSA", "-signer", "ca");
        keytool(file, "client", "CN=client", "-keyalg", "EC", "-signer", "ca");
        keytool(file, "stranger", "CN=\"nasty\u001b[31m\r\nforged line\",O=x", "-keyalg", "EC");
        keytool(file, "expired", "CN=expired", "-keyalg", "EC", "-startdate", "-9d", "-validity", "5");
        store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD);
        }
        Files.delete(file);
        folder.toFile().deleteOnExit();
    }

    /** Those of this run. */
    public static TestCertificates get() {
        return Made.ONCE;
    }

    private static final class Made {
        static final TestCertificates ONCE = make();

        private static TestCertificates make() {
            try {
                return new TestCertificates();
            } catch (IOException | GeneralSecurityException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void keytool(Path file, String alias, String name, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                "-genkeypair",
                "-keystore",
                file.toString(),
                "-storepass",
                new String(PASSWORD),
                "-alias",
                alias,
                "-dname",
                name));
        command.addAll(Arrays.asList(more));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new AssertionError("keytool: " + output);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** A PEM file with the certificate and those that vouch for it. */
    public Path chain(String alias) {
        try {
            StringBuilder pem = new StringBuilder();
            for (Certificate certificate : store.getCertificateChain(alias)) {
                pem.append(pem("CERTIFICATE", certificate.getEncoded()));
            }
            return file(alias + ".pem", pem.toString());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A PEM file with the key, as PKCS#8. */
    public Path key(String alias) {
        return file(alias + ".key", pem("PRIVATE KEY", privateKey(alias).getEncoded()));
    }

    /** The key itself. */
    public Key privateKey(String alias) {
        try {
            return store.getKey(alias, PASSWORD);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** A file of that name beside the others. */
    public Path file(String name, String text) {
        try {
            Path file = Files.writeString(folder.resolve(name), text);
            file.toFile().deleteOnExit();
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A PEM block. */
    public static String pem(String label, byte[] der) {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(label, text, label);
    }

    /** TLS of a client that takes any server, and shows that certificate unless it is empty. */
    public SSLContext client(String alias) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            if (!alias.isEmpty()) {
                own.setKeyEntry(OWN, privateKey(alias), PASSWORD, store.getCertificateChain(alias));
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            X509ExtendedKeyManager asked = (X509ExtendedKeyManager) keys.getKeyManagers()[0];
            context.init(
                    new KeyManager[] {alias.isEmpty() ? asked : new Insisting(asked)},
                    new TrustManager[] {new Trusting()},
                    null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Shows its certificate even to servers that name only others. */
    private static final class Insisting extends X509ExtendedKeyManager {
        private final X509ExtendedKeyManager own;

        Insisting(X509ExtendedKeyManager own) {
            this.own = own;
        }

        @Override
        public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
            return OWN;
        }

        @Override
        public String chooseEngineClientAlias(String[] types, Principal[] issuers, SSLEngine engine) {
            return OWN;
        }

        @Override
        public String[] getClientAliases(String type, Principal[] issuers) {
            return new String[] {OWN};
        }

        @Override
        public String[] getServerAliases(String type, Principal[] issuers) {
            return own.getServerAliases(type, issuers);
        }

        @Override
        public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
            return own.chooseServerAlias(type, issuers, socket);
        }

        @Override
        public X509Certificate[] getCertificateChain(String alias) {
            return own.getCertificateChain(alias);
        }

        @Override
        public PrivateKey getPrivateKey(String alias) {
            return own.getPrivateKey(alias);
        }
    }

    /** Takes any certificate: what the server shows is looked at by the tests. */
    private static final class Trusting extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
                throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
            throw new CertificateException("not a server");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
