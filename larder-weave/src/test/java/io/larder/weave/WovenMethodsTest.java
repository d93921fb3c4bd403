package io.larder.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.cache.Larder;
import java.io.IOException;
import java.io.ObjectStreamClass;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WovenMethodsTest {
    private final WeavingLoader loader = new WeavingLoader();
    private final Larder larder = Larder.builder()
            .pipe("half", Double.class, x -> String.valueOf(x / 2))
            .open();
    private final Shop shop = (Shop) make(Fixtures.Store.class);

    @AfterEach
    void close() {
        larder.close();
    }

    private Object make(Class<?> fixture, Object... arguments) {
        Class<?> type = loader.woven(fixture);
        larder.bind(type);
        try {
            var constructor = type.getDeclaredConstructors()[0];
            constructor.setAccessible(true);
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object call(Object target, String name, Object... arguments) {
        Method method = Arrays.stream(
                        target.getClass().getMethods().length == 0 ? new Method[0] : allMethods(target.getClass()))
                .filter(m -> m.getName().equals(name) && m.getParameterCount() == arguments.length)
                .filter(m -> fits(m, arguments))
                .findFirst()
                .orElseThrow();
        try {
            method.setAccessible(true);
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Method[] allMethods(Class<?> type) {
        return java.util.stream.Stream.<Class<?>>iterate(type, c -> c != null, Class::getSuperclass)
                .flatMap(c -> Arrays.stream(c.getDeclaredMethods()))
                .toArray(Method[]::new);
    }

    private static boolean fits(Method method, Object[] arguments) {
        for (int i = 0; i < arguments.length; i++) {
            Class<?> type = java.lang.invoke.MethodType.methodType(method.getParameterTypes()[i])
                    .wrap()
                    .returnType();
            if (!type.isInstance(arguments[i])) {
                return false;
            }
        }
        return true;
    }

    private static int calls(Object numbers) {
        try {
            var field = Arrays.stream(new Class<?>[] {
                        numbers.getClass(), numbers.getClass().getSuperclass()
                    })
                    .flatMap(c -> Arrays.stream(c.getDeclaredFields()))
                    .filter(f -> f.getName().equals("calls"))
                    .findFirst()
                    .orElseThrow();
            field.setAccessible(true);
            return field.getInt(numbers);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    @SuppressWarnings("unchecked")
    void current_privateMethods_tagTheEntriesOfTheirLoads() {
        Function<List<String>, List<String>> owners =
                (Function<List<String>, List<String>>) make(Fixtures.Owners.class);
        assertThat(owners.apply(List.of("a"))).containsExactly("a#1");
        assertThat(owners.apply(List.of("a", "b", "cc"))).containsExactly("a#1", "b#2", "cc#3");

        larder.invalidateTag("length:1");

        assertThat(owners.apply(List.of("a"))).containsExactly("a#4");
        assertThat(owners.apply(List.of("cc", "b"))).containsExactly("cc#3", "b#5");
    }

    @Test
    void privateMethod_calledByItsOwnObject_isCached() {
        assertThat(shop.priceOf("a")).isEqualTo("a#1");
        assertThat(shop.priceOf("a")).isEqualTo("a#1");
        assertThat(shop.priceOf("b")).isEqualTo("b#2");
    }

    @Test
    void staticMethod_isCached() {
        assertThat(shop.rateOf("EUR")).isEqualTo("EUR1");
        assertThat(shop.rateOf("EUR")).isEqualTo("EUR1");
    }

    @Test
    void finalMethod_ofPrimitivesAndArrays_isCachedWithTheSameResult() {
        long first = shop.mixed((byte) 1, (short) 2, 'c', 4, 5L, 6.0f, 7.0, true, new long[] {8, 9});
        long second = shop.mixed((byte) 1, (short) 2, 'c', 4, 5L, 6.0f, 7.0, true, new long[] {8, 9});

        assertThat(first).isEqualTo(1 + 2 + 'c' + 4 + 5 + 6 + 7 + 1 + 8 + 9);
        assertThat(second).isEqualTo(first);
        assertThat(shop.calls()).isEqualTo(1);
    }

    @Test
    void varargs_arriveAsTheyWereGiven() {
        assertThat(shop.joined("a", "b", "c")).isEqualTo("abc1");
        assertThat(shop.joined("a")).isEqualTo("abc1"); // the key names the first only
        assertThat(shop.joined("d")).isEqualTo("d2");
    }

    @Test
    void genericMethod_isCached() {
        List<String> sorted = shop.sorted(List.of("b", "a"));

        assertThat(sorted).containsExactly("a", "b");
        assertThat(shop.sorted(List.of("b", "a"))).isSameAs(sorted);
    }

    @Test
    void checkedException_comesOutAsItself_withTheLinesOfTheCode() {
        assertThatThrownBy(() -> shop.failing(-1))
                .isInstanceOf(IOException.class)
                .hasMessage("no such code")
                .satisfies(e -> {
                    StackTraceElement[] trace = e.getStackTrace();
                    assertThat(trace[0].getMethodName()).isEqualTo("failing$original");
                    assertThat(trace[0].getFileName()).isEqualTo("Fixtures.java");
                    StackTraceElement door = Arrays.stream(trace)
                            .filter(frame -> frame.getMethodName().equals("failing"))
                            .findFirst()
                            .orElseThrow();
                    assertThat(door.getFileName()).isEqualTo("Fixtures.java");
                    assertThat(door.getLineNumber()).isPositive().isLessThan(trace[0].getLineNumber());
                });
        assertThatThrownBy(() -> shop.failing(-1)).isInstanceOf(IOException.class);
        assertThat(shop.calls()).isEqualTo(2);
    }

    @Test
    void synchronizedMethod_holdsItsMonitorWhileItsCodeRuns() {
        assertThat(shop.guarded(3)).isEqualTo(1.5);
        assertThat(shop.guarded(3)).isEqualTo(1.5);
        assertThat(shop.calls()).isEqualTo(1);
    }

    @Test
    void bridgeMethod_leadsToTheCachedOneOnce() {
        assertThat(shop.asFunction().apply("x")).isEqualTo("x1");
        assertThat(shop.asFunction().apply("x")).isEqualTo("x1");
        assertThat(larder.stats().hits()).isEqualTo(1);
        assertThat(larder.stats().misses()).isEqualTo(1);
    }

    @Test
    void voidMethod_invalidatesWhatAnotherReads() {
        assertThat(shop.priceOf("a")).isEqualTo("a#1");

        shop.change("a");

        assertThat(shop.priceOf("a")).isEqualTo("a#3");
    }

    @Test
    void recursion_isCachedAtEachStep() {
        Object numbers = make(Fixtures.Numbers.class);

        assertThat(call(numbers, "fib", 40)).isEqualTo(102334155L);
        assertThat(calls(numbers)).isEqualTo(41);
    }

    @Test
    void overloads_haveKeysOfTheirOwn() {
        Object numbers = make(Fixtures.Numbers.class);

        assertThat(call(numbers, "name", 1)).isEqualTo("int1");
        assertThat(call(numbers, "name", "1")).isEqualTo("text2");
        assertThat(call(numbers, "name", 1)).isEqualTo("int1");
    }

    @Test
    void many_shareEntriesWithOne() {
        Object numbers = make(Fixtures.Numbers.class);
        assertThat(call(numbers, "square", 3L)).isEqualTo(9L);

        assertThat(call(numbers, "squares", List.of(2L, 3L, 4L))).isEqualTo(List.of(4L, 9L, 16L));
        assertThat(call(numbers, "squares", List.of(4L, 3L, 2L))).isEqualTo(List.of(16L, 9L, 4L));

        assertThat(calls(numbers)).isEqualTo(2);
    }

    @Test
    void subclass_bound_callsWhatItInherits() {
        Object numbers = make(Fixtures.MoreNumbers.class);

        assertThat(call(numbers, "twice", 5)).isEqualTo("int1int1");
    }

    @Test
    void record_isWovenToo() {
        Object point = make(Fixtures.Point.class, 1, 2);

        assertThat(call(point, "norm", 10)).isEqualTo(30);
        assertThat(call(point, "norm", 10)).isEqualTo(30);
        assertThat(call(point, "toString")).isEqualTo("Point[x=1, y=2]");
        assertThat(larder.stats().hits()).isEqualTo(1);
    }

    @Test
    void objects_ofOneClass_shareEntries() {
        Object one = make(Fixtures.Numbers.class);
        Object other = make(Fixtures.Numbers.class);

        assertThat(call(one, "name", 1)).isEqualTo("int1");
        assertThat(call(other, "name", 1)).isEqualTo("int1");
        assertThat(call(other, "name", 2)).isEqualTo("int1"); // run by the object that was called
        assertThat(calls(other)).isEqualTo(1);
    }

    @Test
    void reflection_seesWhatItSaw() throws Exception {
        Class<?> woven = loader.woven(Fixtures.Plain.class);
        Method before = Fixtures.Plain.class.getDeclaredMethod("some", List.class, long[].class);
        Method after = woven.getDeclaredMethod("some", List.class, long[].class);

        assertThat(after.toGenericString().replace(woven.getName(), ""))
                .isEqualTo(before.toGenericString().replace(woven.getName(), ""));
        assertThat(after.getModifiers()).isEqualTo(before.getModifiers());
        assertThat(after.getAnnotations()).isEqualTo(before.getAnnotations());
        assertThat(after.getParameterAnnotations()).isDeepEqualTo(before.getParameterAnnotations());
        assertThat(Arrays.stream(after.getParameters()).map(Parameter::getName)).containsExactly("name", "more");
        assertThat(Arrays.stream(woven.getDeclaredMethods())
                        .filter(method -> !method.getName().equals("some")))
                .singleElement()
                .satisfies(method -> {
                    assertThat(method.isSynthetic()).isTrue();
                    assertThat(Modifier.isPrivate(method.getModifiers())).isTrue();
                    assertThat(method.getAnnotations()).isEmpty();
                });
        assertThat(ObjectStreamClass.lookup(woven).getSerialVersionUID())
                .isEqualTo(ObjectStreamClass.lookup(Fixtures.Plain.class).getSerialVersionUID());
    }
}
