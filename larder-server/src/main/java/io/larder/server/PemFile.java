package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys in a file of PEM blocks, or in DER form. Source: RFC 7468. */
final class PemFile {
    private static final int BYTES_MAX = 1 << 20;
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s(.*?)-----END \\1-----", Pattern.DOTALL);

    private final Path path;
    private final byte[] bytes;
    private final List<Block> blocks = new ArrayList<>();

    private record Block(String label, String text) {}

    private PemFile(Path path, byte[] bytes) {
        this.path = path;
        this.bytes = bytes;
        Matcher block = BLOCK.matcher(new String(bytes, ISO_8859_1));
        while (block.find()) {
            blocks.add(new Block(block.group(1), block.group(2)));
        }
    }

    /** @throws LarderException if it cannot be read, or is larger than 1 MiB */
    static PemFile read(Path path, String what) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new LarderException(
                        "%s %s is larger than 1 MiB; give a file of PEM blocks".formatted(what, name(path)));
            }
            return new PemFile(path, bytes);
        } catch (IOException e) {
            throw new LarderException("cannot read the %s %s: %s".formatted(what, name(path), FileProblem.of(e)), e);
        }
    }

    /**
     * All certificates, in their order.
     *
     * @throws LarderException if there is none, or one is damaged
     */
    List<X509Certificate> certificates() {
        List<X509Certificate> found = new ArrayList<>();
        for (Block block : blocks) {
            if (block.label.equals("CERTIFICATE") || block.label.equals("X509 CERTIFICATE")) {
                found.add(certificate(content(block)));
            }
        }
        if (found.isEmpty()) {
            throw new LarderException(
                    "%s holds no certificate; it takes PEM, -----BEGIN CERTIFICATE-----".formatted(name(path)));
        }
        return found;
    }

    private X509Certificate certificate(byte[] der) {
        try {
            Certificate certificate =
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
            return (X509Certificate) certificate;
        } catch (CertificateException e) {
            throw new LarderException("a certificate in %s is damaged".formatted(name(path)), e);
        }
    }

    /**
     * The private key, the first if there are several.
     *
     * @param isDer whether the file is the key itself
     * @throws LarderException if there is none, or it is encrypted, damaged or of an unknown kind
     */
    PrivateKey key(boolean isDer) {
        if (isDer) {
            return PrivateKeys.ofAnyForm(bytes, name(path));
        }
        for (Block block : blocks) {
            if (block.label.startsWith("ENCRYPTED") || block.text.contains("ENCRYPTED")) {
                throw new LarderException(
                        "the key in %s is encrypted; write it without a passphrase: openssl pkey -in %s -out FILE"
                                .formatted(name(path), name(path)));
            }
            switch (block.label) {
                case "PRIVATE KEY" -> {
                    return PrivateKeys.ofPkcs8(content(block), name(path));
                }
                case "RSA PRIVATE KEY" -> {
                    return PrivateKeys.ofPkcs1(content(block), name(path));
                }
                case "EC PRIVATE KEY" -> {
                    return PrivateKeys.ofSec1(content(block), name(path));
                }
                default -> {} // a certificate, or parameters that the key repeats
            }
        }
        throw new LarderException(
                "%s holds no private key; it takes PEM, -----BEGIN PRIVATE KEY-----".formatted(name(path)));
    }

    private byte[] content(Block block) {
        try {
            return Base64.getMimeDecoder().decode(block.text);
        } catch (IllegalArgumentException e) {
            throw new LarderException("a block \"%s\" in %s is damaged".formatted(block.label, name(path)), e);
        }
    }

    private static String name(Path path) {
        return Printable.of(path.toString());
    }
}
