package io.larder.cache;

import io.larder.base.LarderException;
import io.larder.base.Printable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The lists of woven classes that builds leave beside them. */
final class WovenList {
    /** Where each is. */
    static final String PATH = "META-INF/larder/woven";

    private WovenList() {}

    /** All classes listed where the loader looks; they are not initialized. */
    static Class<?>[] read(ClassLoader loader) {
        Set<Class<?>> types = new LinkedHashSet<>();
        try {
            for (URL list : Collections.list(loader.getResources(PATH))) {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(list.openStream(), StandardCharsets.UTF_8))) {
                    lines.lines().filter(line -> !line.isBlank()).forEach(name -> types.add(load(name, loader)));
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new LarderException("the lists of woven classes (%s) cannot be read: %s".formatted(PATH, e), e);
        }
        if (types.isEmpty()) {
            throw new IllegalArgumentException(
                    "no woven class is listed on the class path (%s); run larder-weave in the build, or name the classes: larder.bind(...)"
                            .formatted(PATH));
        }
        return types.toArray(Class<?>[]::new);
    }

    private static Class<?> load(String name, ClassLoader loader) {
        try {
            return Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new IllegalArgumentException(
                    "%s is listed as woven, but cannot be loaded (%s); build anew from clean"
                            .formatted(Printable.of(name), e),
                    e);
        }
    }
}
