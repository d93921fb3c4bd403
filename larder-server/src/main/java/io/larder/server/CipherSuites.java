package io.larder.server;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JDK's names of cipher suites for OpenSSL's: {@code ECDHE-RSA-AES128-GCM-SHA256} and so on. */
final class CipherSuites {
    private static final Pattern OPENSSL =
            Pattern.compile("(?:(ECDHE|DHE)-(RSA|ECDSA)-)?(?:AES(128|256)-(GCM-)?(SHA\\d*)|(CHACHA20)-POLY1305)");

    private CipherSuites() {}

    /**
     * The suites to enable: those chosen for TLS 1.2, and all that {@code defaults} has for TLS 1.3.
     *
     * @throws LarderException if one is not known to this JDK
     */
    static String[] enabled(List<String> chosen, String[] supported, String[] defaults) {
        List<String> known = List.of(supported);
        List<String> enabled = new ArrayList<>();
        for (String suite : defaults) {
            if (!suite.contains("_WITH_")) { // a suite of TLS 1.3 names no key exchange
                enabled.add(suite);
            }
        }
        for (String name : chosen) {
            String suite = known.contains(name) ? name : ofOpenssl(name);
            if (!known.contains(suite)) {
                throw new LarderException(("cipher %s is not known; name suites as OpenSSL does, separated by colons:"
                                + " ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES256-GCM-SHA384")
                        .formatted(Printable.of(name)));
            }
            enabled.add(suite);
        }
        return enabled.toArray(String[]::new);
    }

    private static String ofOpenssl(String name) {
        Matcher parts = OPENSSL.matcher(name);
        if (!parts.matches()) {
            return name;
        }
        String exchange = parts.group(1) == null ? "RSA" : parts.group(1) + "_" + parts.group(2);
        if (parts.group(6) != null) {
            return "TLS_" + exchange + "_WITH_CHACHA20_POLY1305_SHA256";
        }
        String mode = parts.group(4) == null ? "_CBC_" : "_GCM_";
        return "TLS_" + exchange + "_WITH_AES_" + parts.group(3) + mode + parts.group(5);
    }
}
