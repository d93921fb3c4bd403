package io.larder.weave;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Weaves classes when they are loaded: {@code java -javaagent:larder-weave.jar=com.shop,com.stock ...}, with the packages to
 * look at; without any, all but the JDK's. A class that cannot be woven is left as it is, and a line of the log says why.
 */
public final class Agent {
    private Agent() {}

    /** Called by the JVM before {@code main}. */
    public static void premain(@Nullable String packages, Instrumentation instrumentation) {
        instrumentation.addTransformer(new Transformer(packages == null ? "" : packages));
    }

    /** Thread-safe. */
    static final class Transformer implements ClassFileTransformer {
        private static final System.Logger LOG = System.getLogger("io.larder.weave");

        private final Weaver weaver = new Weaver();
        private final List<String> prefixes; // with slashes

        Transformer(String packages) {
            prefixes = Arrays.stream(packages.split(",", -1))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .map(name -> name.replace('.', '/') + "/")
                    .toList();
        }

        @Override
        public byte @Nullable [] transform(
                @Nullable ClassLoader loader,
                @Nullable String name,
                @Nullable Class<?> redefined,
                @Nullable ProtectionDomain domain,
                byte[] classFile) {
            if (loader == null || name == null || redefined != null || !isMeant(name)) {
                return null;
            }
            try {
                return weaver.weave(classFile);
            } catch (RuntimeException e) { // the JVM would swallow it
                LOG.log(
                        System.Logger.Level.ERROR,
                        "{0} is not woven: {1}",
                        name.replace('/', '.'),
                        e instanceof WeavingException ? e.getMessage() : e);
                return null;
            }
        }

        private boolean isMeant(String name) {
            return prefixes.isEmpty() || prefixes.stream().anyMatch(name::startsWith);
        }
    }
}
