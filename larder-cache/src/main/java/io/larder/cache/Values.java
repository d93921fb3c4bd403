package io.larder.cache;

import io.larder.base.LarderUrl;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How values are written into a store outside the process. What the builder says holds for all such stores, unless a store's own
 * URL says otherwise. Immutable.
 *
 * @param realm what signatures are bound to besides the key: the prefix in the store's URL
 */
record Values(@Nullable Secrets secrets, Compression compression, String realm) {
    static final Values DEFAULT = new Values(null, Compression.DEFAULT, "");

    /** Options of these in a URL; the store never sees them. */
    static final List<String> OPTIONS = List.of("secret", "compress");

    Values withSecrets(Secrets changed) {
        return new Values(changed, compression, realm);
    }

    Values withCompression(Compression changed) {
        return new Values(secrets, changed, realm);
    }

    /**
     * These, as a store's URL changes them.
     *
     * @throws IllegalArgumentException if an option there cannot be what it says
     */
    Values of(LarderUrl url) {
        String secret = url.options().text("secret");
        String compress = url.options().text("compress");
        return new Values(
                secret == null ? secrets : Secrets.parse(secret),
                compress == null ? compression : Compression.parse(compress),
                url.path());
    }

    /** A URL without the options that are meant for us. */
    static String without(String url) {
        int question = url.indexOf('?');
        if (question < 0) {
            return url;
        }
        List<String> others = new ArrayList<>();
        for (String pair : url.substring(question + 1).split("&", -1)) {
            if (!OPTIONS.contains(nameOf(pair))) {
                others.add(pair);
            }
        }
        return url.substring(0, question) + (others.isEmpty() ? "" : "?" + String.join("&", others));
    }

    private static String nameOf(String pair) {
        int equals = pair.indexOf('=');
        return equals < 0 ? pair : pair.substring(0, equals);
    }

    Seal seal() {
        return secrets == null ? new Checksum() : secrets.seal(realm);
    }
}
