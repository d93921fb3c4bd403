package io.larder.cli;

import java.lang.reflect.Proxy;

/**
 * Signals other than those that end a JVM anyway. {@code sun.misc.Signal} is the only way to hear of one, is exported for
 * everybody by the module jdk.unsupported on every JDK, and is reached by reflection because javac warns of its name and that
 * warning cannot be switched off.
 */
final class Signals {
    private Signals() {}

    /**
     * Runs {@code action}, on a thread of the JVM's, whenever the signal comes.
     *
     * @param name without SIG
     * @return whether there is such a signal here that may be handled
     */
    static boolean handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object proxy = Proxy.newProxyInstance(
                    Signals.class.getClassLoader(), new Class<?>[] {handler}, (self, method, arguments) -> {
                        if (!method.getDeclaringClass().equals(handler)) {
                            return method.invoke(action, arguments); // equals, hashCode, toString
                        }
                        action.run();
                        return null;
                    });
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, proxy);
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return false;
        }
    }
}
