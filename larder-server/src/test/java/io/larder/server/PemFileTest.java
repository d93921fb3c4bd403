package io.larder.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.LarderException;
import io.larder.base.TestCertificates;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PemFileTest {
    private static final TestCertificates CERTIFICATES = TestCertificates.get();
    private static final byte[] EC_VERSION = {0x02, 0x01, 0x01};
    private static final String ENCRYPTED = "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n";
    private static final int EC_PUBLIC_KEY_BYTES = 9;

    private final ByteArrayOutputStream log = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void certificates_areReadInTheirOrder() throws IOException {
        Path file = write("text before\n" + Files.readString(CERTIFICATES.chain("server")) + "text behind\n");

        assertThat(PemFile.read(file, "certificate").certificates())
                .extracting(certificate -> certificate.getSubjectX500Principal().getName())
                .containsExactly("CN=server", "CN=ca");
    }

    @Test
    void certificates_withWindowsLineEnds_areRead() throws IOException {
        Path file = write(Files.readString(CERTIFICATES.chain("server")).replace("\n", "\r\n"));

        assertThat(PemFile.read(file, "certificate").certificates()).hasSize(2);
    }

    @Test
    void rsaKey_inEveryFormOpensslWrites_isRead() throws IOException {
        byte[] pkcs8 = CERTIFICATES.privateKey("renewed").getEncoded();
        byte[] pkcs1 = Der.find(pkcs8, Der.OCTETS);

        assertThat(keys("PRIVATE KEY", pkcs8)).allMatch(key -> Arrays.equals(key.getEncoded(), pkcs8));
        assertThat(keys("RSA PRIVATE KEY", pkcs1)).allMatch(key -> Arrays.equals(key.getEncoded(), pkcs8));
    }

    @Test
    void ecKey_inEveryFormOpensslWrites_isRead() throws IOException {
        ECPrivateKey original = (ECPrivateKey) CERTIFICATES.privateKey("server");
        byte[] pkcs8 = original.getEncoded();

        assertThat(keys("PRIVATE KEY", pkcs8))
                .allMatch(key -> ((ECPrivateKey) key).getS().equals(original.getS()));
        assertThat(keys("EC PRIVATE KEY", sec1(pkcs8)))
                .allMatch(key -> ((ECPrivateKey) key).getS().equals(original.getS()));
    }

    /** As {@code openssl ecparam -genkey} writes it, which names the curve. */
    private static byte[] sec1(byte[] pkcs8) {
        byte[] algorithm = Der.find(pkcs8, Der.SEQUENCE);
        byte[] curve = Arrays.copyOfRange(algorithm, EC_PUBLIC_KEY_BYTES, algorithm.length);
        byte[] number = Der.find(Der.find(pkcs8, Der.OCTETS), Der.OCTETS);
        return Der.wrap(Der.SEQUENCE, EC_VERSION, Der.wrap(Der.OCTETS, number), Der.wrap(Der.PARAMETERS, curve));
    }

    /** The key, read from a PEM file behind other blocks, and from a DER file. */
    private List<PrivateKey> keys(String label, byte[] der) throws IOException {
        Path pem = write(TestCertificates.pem("EC PARAMETERS", new byte[] {5, 0})
                + Files.readString(CERTIFICATES.chain("server"))
                + TestCertificates.pem(label, der));
        Path bare = Files.write(folder.resolve("key.der"), der);
        return List.of(
                PemFile.read(pem, "private key").key(false),
                PemFile.read(bare, "private key").key(true));
    }

    @Test
    void badFiles_areToldByWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> PemFile.read(folder.resolve("none"), "private key"))
                .isInstanceOf(LarderException.class)
                .hasMessageEndingWith("none: there is no such file or folder");
        refused("", "holds no private key");
        refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "is damaged, or neither RSA nor EC");
        refused("-----BEGIN PRIVATE KEY-----\n=A==\n-----END PRIVATE KEY-----\n", "is damaged");
        refused("-----BEGIN EC PRIVATE KEY-----\nMAP/\n-----END EC PRIVATE KEY-----\n", "is damaged");
        refused("-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n", "is encrypted");
        refused(TestCertificates.pem("RSA PRIVATE KEY", new byte[9]).replaceFirst("\n", ENCRYPTED), "is encrypted");
        assertThatThrownBy(() -> PemFile.read(write("x".repeat(2 << 20)), "private key"))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("larger than 1 MiB");
        assertThatThrownBy(() -> PemFile.read(write(TestCertificates.pem("CERTIFICATE", new byte[9])), "x")
                        .certificates())
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("is damaged");
    }

    private void refused(String text, String why) throws IOException {
        Path file = write(text);
        assertThatThrownBy(() -> PemFile.read(file, "private key").key(false))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining(why);
    }

    @Test
    void keyOfAnotherCertificate_isRefused() {
        for (String other : List.of("client", "renewed")) { // of the same algorithm, and of another
            TlsConfig config = TlsConfig.of(CERTIFICATES.chain("server"), CERTIFICATES.key(other));

            assertThatThrownBy(() -> TlsContext.load(config, Instant.now(), serverLog()))
                    .isInstanceOf(LarderException.class)
                    .hasMessageContaining("does not belong to the certificate in");
        }
    }

    @Test
    void expiredCertificate_isUsedAndTold() {
        TlsConfig config = TlsConfig.of(CERTIFICATES.chain("expired"), CERTIFICATES.key("expired"));

        assertThat(TlsContext.load(config, Instant.now(), serverLog()).engine().getUseClientMode())
                .isFalse();

        assertThat(log.toString(UTF_8)).contains("expired at").contains("renew it");
    }

    private ServerLog serverLog() {
        return new ServerLog(new PrintStream(log, true, UTF_8), 0);
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("file.pem"), text);
    }
}
