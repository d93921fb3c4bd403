package io.larder.server;

import io.larder.base.LarderException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/**
 * Private keys in the three forms that OpenSSL writes. The JDK reads only PKCS#8; the others are its content, and get its frame:
 *
 * <pre>
 *  PKCS#8 (RFC 5208)   SEQUENCE { 0, SEQUENCE { algorithm, parameters }, OCTETS { key } }
 *  PKCS#1 (RFC 8017)   key of the algorithm rsaEncryption
 *  SEC 1  (RFC 5915)   key of the algorithm ecPublicKey, with the curve as parameters
 * </pre>
 */
final class PrivateKeys {
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "RSASSA-PSS");
    private static final byte[] RSA_ENCRYPTION = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private PrivateKeys() {}

    static PrivateKey ofPkcs8(byte[] der, String file) {
        GeneralSecurityException last = new InvalidKeySpecException("no key");
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException | NoSuchAlgorithmException e) {
                last = e;
            }
        }
        throw new LarderException("the key in %s is damaged, or neither RSA nor EC".formatted(file), last);
    }

    static PrivateKey ofPkcs1(byte[] der, String file) {
        return ofPkcs8(Der.wrap(Der.SEQUENCE, Der.VERSION_0, RSA_ENCRYPTION, Der.wrap(Der.OCTETS, der)), file);
    }

    static PrivateKey ofSec1(byte[] der, String file) {
        byte[] curve;
        try {
            curve = Der.find(der, Der.PARAMETERS);
        } catch (IllegalArgumentException e) {
            throw new LarderException("the key in %s is damaged".formatted(file), e);
        }
        if (curve.length == 0) {
            throw new LarderException(
                    "the EC key in %s does not name its curve; write it anew: openssl pkey -in %s -out FILE"
                            .formatted(file, file));
        }
        byte[] algorithm = Der.wrap(Der.SEQUENCE, EC_PUBLIC_KEY, curve);
        return ofPkcs8(Der.wrap(Der.SEQUENCE, Der.VERSION_0, algorithm, Der.wrap(Der.OCTETS, der)), file);
    }

    /** A key in DER, whichever form it has. */
    static PrivateKey ofAnyForm(byte[] der, String file) {
        try {
            return ofPkcs8(der, file);
        } catch (LarderException notPkcs8) {
            try {
                return ofPkcs1(der, file);
            } catch (LarderException notPkcs1) {
                return ofSec1(der, file);
            }
        }
    }
}
