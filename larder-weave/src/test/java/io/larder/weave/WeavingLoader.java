package io.larder.weave;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Defines the fixtures anew, woven. */
final class WeavingLoader extends ClassLoader {
    private final Weaver weaver = new Weaver();

    WeavingLoader() {
        super(WeavingLoader.class.getClassLoader());
    }

    /** The woven class. */
    Class<?> woven(Class<?> fixture) {
        try {
            return loadClass(fixture.getName());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(Fixtures.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            if (loaded != null) {
                return loaded;
            }
            byte[] bytes = bytes(name);
            byte[] woven = weaver.weave(bytes);
            return woven == null
                    ? defineClass(name, bytes, 0, bytes.length)
                    : defineClass(name, woven, 0, woven.length);
        }
    }

    /** The class file as it was compiled. */
    static byte[] bytes(String name) {
        String path = "/" + name.replace('.', '/') + ".class";
        try (InputStream in = WeavingLoader.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("no " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
