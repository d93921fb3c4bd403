package io.larder.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** What one reading of the certificate files gave, checked. Immutable and thread-safe. */
final class TlsContext {
    private static final int SESSIONS_MAX = 4096;
    private static final int SESSION_SECONDS_MAX = 3600;

    private final SSLContext context;
    private final SSLParameters parameters;

    private TlsContext(SSLContext context, SSLParameters parameters) {
        this.context = context;
        this.parameters = parameters;
    }

    /**
     * Reads the files and checks that they fit together.
     *
     * @param log hears of a certificate that clients will not accept, which is used all the same
     * @throws LarderException saying which file, and what is wrong with it
     */
    static TlsContext load(TlsConfig config, Instant now, ServerLog log) {
        PemFile chainFile = PemFile.read(config.chain(), "certificate");
        List<X509Certificate> chain = chainFile.certificates();
        Path keyPath = config.key();
        PrivateKey key = keyPath == null
                ? chainFile.key(false)
                : PemFile.read(keyPath, "private key").key(config.keyIsDer());
        String chainName = Printable.of(config.chain().toString());
        tellDates(chain.get(0), chainName, now, log);
        checkPair(chain.get(0), key, chainName, keyPath == null ? chainName : Printable.of(keyPath.toString()));
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(chain, key)}, trustManagers(config.clientCa()), null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS_MAX);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS_MAX);
            return new TlsContext(context, parameters(config, context));
        } catch (GeneralSecurityException | IOException e) {
            throw new LarderException("cannot set TLS up with %s: %s".formatted(chainName, e.getMessage()), e);
        }
    }

    /** The server's side of one connection. */
    SSLEngine engine() {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLParameters parameters(TlsConfig config, SSLContext context) {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(
                config.oldest() == TlsConfig.Version.TLS_1_3
                        ? new String[] {TlsConfig.Version.TLS_1_3.protocol()}
                        : new String[] {TlsConfig.Version.TLS_1_3.protocol(), TlsConfig.Version.TLS_1_2.protocol()});
        if (!config.ciphers().isEmpty()) {
            parameters.setCipherSuites(CipherSuites.enabled(
                    config.ciphers(),
                    context.getSupportedSSLParameters().getCipherSuites(),
                    parameters.getCipherSuites()));
        }
        parameters.setUseCipherSuitesOrder(true);
        switch (config.clients()) {
            case UNASKED -> parameters.setWantClientAuth(false);
            case ASKED -> parameters.setWantClientAuth(true);
            case REQUIRED -> parameters.setNeedClientAuth(true);
        }
        return parameters;
    }

    private static TrustManager[] trustManagers(@Nullable Path ca) throws GeneralSecurityException, IOException {
        if (ca == null) {
            return new TrustManager[0]; // nobody is asked for a certificate; null would load those of the JDK
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        List<X509Certificate> trusted =
                PemFile.read(ca, "certificate for clients").certificates();
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("ca" + i, trusted.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static void tellDates(X509Certificate certificate, String file, Instant now, ServerLog log) {
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            log.always("larder: the certificate in %s expired at %s, and clients that check it will go away; renew it"
                    .formatted(file, certificate.getNotAfter().toInstant()));
        } else if (now.isBefore(certificate.getNotBefore().toInstant())) {
            log.always(
                    ("larder: the certificate in %s is valid only from %s on, and clients that check it will go away; check"
                                    + " the clock of this machine")
                            .formatted(file, certificate.getNotBefore().toInstant()));
        }
    }

    private static void checkPair(X509Certificate certificate, PrivateKey key, String chainFile, String keyFile) {
        try {
            String algorithm = key.getAlgorithm().equals("EC") ? "SHA256withECDSA" : "SHA256withRSA";
            Signature signature = Signature.getInstance(algorithm);
            byte[] text = chainFile.getBytes(UTF_8);
            signature.initSign(key);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(text);
            if (signature.verify(signed)) {
                return;
            }
        } catch (GeneralSecurityException e) {
            throw mismatch(chainFile, keyFile, e);
        }
        throw mismatch(chainFile, keyFile, null);
    }

    private static LarderException mismatch(String chainFile, String keyFile, @Nullable Exception cause) {
        return new LarderException(
                "the key in %s does not belong to the certificate in %s; give the pair made together"
                        .formatted(keyFile, chainFile),
                cause);
    }
}
