package io.larder.cache.spi;

import java.lang.reflect.Type;

/**
 * Makes codecs, by declared type. Found by {@link java.util.ServiceLoader}, like a {@link StoreProvider}, or given to
 * {@code Larder.builder().codecs(...)}; chosen by its name, in the URL of a store ({@code codec=json}) or for one function.
 * Thread-safe.
 */
public interface CodecProvider {
    /** The name it is chosen by, in lower case: {@code "json"}. It goes into the fingerprint of each entry. */
    String name();

    /** Whether the bytes have a say in what is constructed: such a codec is refused where entries are not signed. */
    default boolean needsSecret() {
        return false;
    }

    /**
     * The codec of a declared type. Called when a function is defined.
     *
     * @throws IllegalArgumentException if it cannot keep all values of that type and bring them back; one line that names the part and says
     *     what to write
     */
    Codec codec(Type type);
}
