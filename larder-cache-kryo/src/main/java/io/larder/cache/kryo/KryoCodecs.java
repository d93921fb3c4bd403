package io.larder.cache.kryo;

import io.larder.cache.spi.Codec;
import io.larder.cache.spi.CodecProvider;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The codec {@code kryo}: objects as they are, fields and references to each other, by Kryo 5. It constructs the classes that are listed
 * here, besides common collections, dates and numbers of the JDK, and no others; and it is refused where entries are not signed.
 *
 * <pre>{@code
 * Larder.builder()
 *         .url("memcached://cache:11211?codec=kryo&secret=env:CACHE_SECRET")
 *         .codecs(KryoCodecs.allowing(Account.class, Owner.class))
 * }</pre>
 *
 * <p>The order of the list and the fields of all its classes are the shape: a change of any is a miss for all entries of this codec. On a
 * JDK from 24 on it switches Kryo's use of {@code sun.misc.Unsafe} off, which would print a warning, unless the system property
 * {@code kryo.unsafe} says otherwise. Thread-safe.
 */
public final class KryoCodecs implements CodecProvider {
    private static final String UNSAFE = "kryo.unsafe";
    private static final int UNSAFE_WARNS_SINCE = 24;

    static { // read by Kryo when its first class is used
        if (Runtime.version().feature() >= UNSAFE_WARNS_SINCE && System.getProperty(UNSAFE) == null) {
            System.setProperty(UNSAFE, "false");
        }
    }

    private final Kryos kryos;

    private KryoCodecs(List<Class<?>> allowed) {
        this.kryos = new Kryos(allowed);
    }

    /**
     * A codec that may construct these classes. What their fields hold must be in the list as well.
     *
     * @throws IllegalArgumentException if none is given, one twice, or a field is of a class that is missing here; one line that says which
     */
    public static KryoCodecs allowing(Class<?>... classes) {
        Set<Class<?>> allowed = new LinkedHashSet<>(List.of(classes));
        if (allowed.isEmpty() || allowed.size() < classes.length) {
            throw new IllegalArgumentException(
                    "kryo needs the list of classes that it may construct, each once; write KryoCodecs.allowing(Account.class, ...)");
        }
        return new KryoCodecs(List.copyOf(allowed));
    }

    @Override
    public String name() {
        return "kryo";
    }

    @Override
    public boolean needsSecret() {
        return true;
    }

    @Override
    public Codec codec(Type type) {
        return new KryoCodec(kryos, kryos.shape(type));
    }
}
