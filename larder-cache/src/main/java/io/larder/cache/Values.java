package io.larder.cache;

import io.larder.base.LarderUrl;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How values are written into a store outside the process. What the builder says holds for all such stores, unless a store's own
 * URL says otherwise. Immutable.
 *
 * @param realm what signatures are bound to besides the key: the prefix in the store's URL
 */
record Values(@Nullable Secrets secrets, Compression compression, Codecs codecs, String realm) {
    static final Values DEFAULT = new Values(null, Compression.DEFAULT, Codecs.DEFAULT, "");

    /** Options of these in a URL; the store never sees them. */
    static final List<String> OPTIONS = List.of("secret", "compress", "codec");

    Values withSecrets(Secrets changed) {
        return new Values(changed, compression, codecs, realm);
    }

    Values withCompression(Compression changed) {
        return new Values(secrets, changed, codecs, realm);
    }

    Values withCodecs(Codecs changed) {
        return new Values(secrets, compression, changed, realm);
    }

    /**
     * These, as a store's URL changes them.
     *
     * @throws IllegalArgumentException if an option there cannot be what it says
     */
    Values of(LarderUrl url) {
        String secret = url.options().text("secret");
        String compress = url.options().text("compress");
        String codec = url.options().text("codec");
        return new Values(
                secret == null ? secrets : Secrets.parse(secret),
                compress == null ? compression : Compression.parse(compress),
                codec == null ? codecs : codecs.using(codec),
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

    /**
     * The envelope of a type.
     *
     * @param codec for this function, instead of those of the store; possibly empty
     * @throws IllegalArgumentException if no value of that type can be kept so
     */
    Envelope envelope(Type type, String codec) {
        Codecs used = codecs.using(codec);
        used.check(secrets != null);
        return new Envelope(used.of(type), seal(), compression);
    }

    /** Refuses codecs that are not there, or may not be used so. */
    void check() {
        codecs.check(secrets != null);
    }

    Seal seal() {
        return secrets == null ? new Checksum() : secrets.seal(realm);
    }
}
