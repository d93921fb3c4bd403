package io.larder.cache;

import io.larder.base.Suggestion;
import io.larder.cache.spi.CodecProvider;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which codecs there are, and which are used: the first writes, all are read, so that a program can go over from one to another
 * without a miss. Immutable.
 *
 * @param names those used, in order
 * @param given by the builder, by name; all others are found by {@link ServiceLoader}
 */
record Codecs(List<String> names, Map<String, CodecProvider> given) {
    static final String BINARY = "binary";
    static final Codecs DEFAULT = new Codecs(List.of(BINARY), Map.of());

    /** Codecs of ours that come with a dependency of their own, and what to do besides. */
    private static final Map<String, String> DEPENDENCIES = Map.of(
            "json",
            "add the dependency io.larder:larder-cache-json",
            "kryo",
            "add the dependency io.larder:larder-cache-kryo and write"
                    + " Larder.builder().codecs(KryoCodecs.allowing(Account.class, ...))");

    Codecs with(CodecProvider... more) {
        Map<String, CodecProvider> all = new LinkedHashMap<>(given);
        for (CodecProvider provider : more) {
            if (provider.name().equals(BINARY) || all.putIfAbsent(provider.name(), provider) != null) {
                throw new IllegalArgumentException(
                        "codec %s is there already; give each a name of its own".formatted(provider.name()));
            }
        }
        return new Codecs(names, Map.copyOf(all));
    }

    /**
     * These, used in this order.
     *
     * @param list names with commas between; where it is empty nothing changes
     */
    Codecs using(String list) {
        return list.isEmpty()
                ? this
                : new Codecs(
                        Arrays.stream(list.split(",", -1)).map(String::strip).toList(), given);
    }

    /**
     * Refuses names that nobody has, and codecs that need a secret where there is none.
     *
     * @throws IllegalArgumentException one line that says what to write
     */
    void check(boolean signed) {
        for (String name : names) {
            CodecProvider provider = name.equals(BINARY) ? null : provider(name);
            if (provider != null && provider.needsSecret() && !signed) {
                throw new IllegalArgumentException(
                        "codec %s lets stored bytes choose what is constructed, so it needs a secret; write secret=env:NAME in the store's URL, or Larder.builder().secrets(...)"
                                .formatted(name));
            }
        }
    }

    /**
     * The codecs of a type: the first writes. Others that cannot keep the type have written nothing of it either.
     *
     * @throws IllegalArgumentException if the first cannot keep it; names the part
     */
    List<ValueCodec> of(Type type) {
        List<ValueCodec> codecs = new ArrayList<>();
        codecs.add(codec(names.get(0), type));
        for (String other : names.subList(1, names.size())) {
            try {
                codecs.add(codec(other, type));
            } catch (IllegalArgumentException ignored) {
                // it has written nothing of this type either
            }
        }
        return codecs;
    }

    private ValueCodec codec(String name, Type type) {
        return name.equals(BINARY)
                ? ValueCodecs.of(type)
                : new PluggedCodec(name, provider(name).codec(type), Types.raw(type));
    }

    private CodecProvider provider(String name) {
        CodecProvider found = given.get(name);
        if (found == null) {
            found = load(name, ServiceLoader.load(CodecProvider.class, CodecProvider.class.getClassLoader()));
        }
        if (found == null) {
            found = load(name, ServiceLoader.load(CodecProvider.class)); // the context class loader's
        }
        if (found == null) {
            throw new IllegalArgumentException("no codec \"%s\"; %s".formatted(name, advice(name)));
        }
        return found;
    }

    private static @Nullable CodecProvider load(String name, ServiceLoader<CodecProvider> services) {
        for (CodecProvider provider : services) {
            if (provider.name().equals(name)) {
                return provider;
            }
        }
        return null;
    }

    private String advice(String name) {
        String dependency = DEPENDENCIES.get(name);
        if (dependency != null) {
            return dependency;
        }
        TreeSet<String> known = new TreeSet<>(given.keySet());
        known.addAll(DEPENDENCIES.keySet());
        known.add(BINARY);
        return Suggestion.of(name, known);
    }
}
