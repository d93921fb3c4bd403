package io.larder.cache;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/** Announces {@link LarderTest.FakeProvider} as a service, without a file that every other test would see. */
final class ServiceClassLoader extends ClassLoader {
    ServiceClassLoader(ClassLoader parent) {
        super(parent);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
        if (!name.equals("META-INF/services/io.larder.cache.spi.StoreProvider")) {
            return super.getResources(name);
        }
        return Collections.enumeration(List.of(announcement()));
    }

    private static URL announcement() throws IOException {
        return new URL("service", "", -1, "provider", new URLStreamHandler() {
            @Override
            protected URLConnection openConnection(URL url) {
                return new URLConnection(url) {
                    @Override
                    public void connect() {}

                    @Override
                    public InputStream getInputStream() {
                        String line = LarderTest.FakeProvider.class.getName();
                        return new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
                    }
                };
            }
        });
    }
}
