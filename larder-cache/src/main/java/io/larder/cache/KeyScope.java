package io.larder.cache;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The names a key template may begin a path with, and where their values are in the argument of the function.
 *
 * @param roots by name; a root without a step is the argument itself
 * @param shown the names as the messages give them
 * @param pipes those that may follow a path
 */
record KeyScope(Map<String, Root> roots, String shown, Pipes pipes) {
    /** The name of the whole argument. */
    static final String WHOLE = "key";

    /**
     * One name.
     *
     * @param type its declared type
     * @param step reads it from the argument; none if it is the argument
     */
    record Root(Type type, Optional<Properties.Step> step) {}

    /** The scope of a function of one argument: the components if that is a record, and {@code key}. */
    static KeyScope ofArgument(Type type) {
        Map<String, Root> roots = new LinkedHashMap<>();
        Class<?> raw = Types.raw(type);
        if (raw.isRecord()) {
            for (RecordComponent component : raw.getRecordComponents()) {
                Properties.Property property = Properties.component(type, component);
                roots.put(component.getName(), new Root(property.type(), Optional.of(property.step())));
            }
        }
        roots.putIfAbsent(WHOLE, new Root(type, Optional.empty()));
        return new KeyScope(roots, "names are " + roots.keySet(), Pipes.BUILT_IN);
    }

    /** The scope of a method, of which the only parameter is the argument itself. */
    static KeyScope ofParameters(Method method) {
        return ofParameters(method, method.getParameterCount() == 1);
    }

    /**
     * The scope of a method: its parameters by name and as {@code arg0}, {@code arg1}.
     *
     * @param isBare whether the only one is the argument itself; otherwise that is {@link Arguments}
     */
    static KeyScope ofParameters(Method method, boolean isBare) {
        Map<String, Root> roots = new LinkedHashMap<>();
        Parameter[] parameters = method.getParameters();
        Type[] types = method.getGenericParameterTypes();
        for (int i = 0; i < parameters.length; i++) {
            roots.put(parameters[i].getName(), parameter(Types.boxed(types[i]), i, isBare));
        }
        String shown = "parameters are " + List.copyOf(roots.keySet());
        for (int i = 0; i < parameters.length; i++) {
            roots.putIfAbsent("arg" + i, parameter(Types.boxed(types[i]), i, isBare));
        }
        return new KeyScope(roots, shown, Pipes.BUILT_IN);
    }

    private static Root parameter(Type type, int index, boolean isBare) {
        return new Root(type, isBare ? Optional.empty() : Optional.of(arguments -> ((Arguments) arguments).get(index)));
    }

    /** The same names with other pipes. */
    KeyScope with(Pipes others) {
        return new KeyScope(roots, shown, others);
    }

    /** The root of this name, or {@code null}. */
    @Nullable
    Root find(String name) {
        return roots.get(name);
    }
}
