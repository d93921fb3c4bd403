package io.larder.cache;

import java.lang.invoke.CallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What woven methods call; for the code that {@code larder-weave} writes, and for nobody else. */
public final class Weaving {
    private Weaving() {}

    /**
     * Links a woven method: called by the JVM when it is first run.
     *
     * @param caller the woven class
     * @param name the method's name
     * @param type its parameters, after its object unless it is static, and its result
     * @param original the method with the code
     * @param isStatic 1 for a static method, else 0
     */
    public static CallSite link(
            MethodHandles.Lookup caller, String name, MethodType type, MethodHandle original, int isStatic) {
        return WovenClass.of(caller.lookupClass()).link(name, type, original, isStatic == 1);
    }
}
