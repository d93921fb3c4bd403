package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Different arguments make different keys, equal ones the same, and every key is one memcached takes. */
class KeyInjectivityTest {
    record Texts(@Nullable String a, @Nullable String b, Optional<String> c) {}

    record Nested(
            @Nullable List<@Nullable String> list, Set<String> set, Map<String, Integer> map, Optional<Texts> texts) {}

    record Open(@Nullable Object a, @Nullable Object b) {}

    private static final List<KeyTemplate<Texts>> TEXTS = List.of(
            compile("{a}:{b}:{c}", Texts.class),
            compile("k{a}-{b}/{c}", Texts.class),
            compile("{a}.{b}__{c}end", Texts.class),
            compile("all:{key}", Texts.class));
    private static final KeyTemplate<Nested> NESTED = compile("n:{list}:{set}-{map}|{texts}:{texts.a}", Nested.class);
    private static final KeyTemplate<Open> OPEN = compile("o:{a}:{b}", Open.class);

    private static <K> KeyTemplate<K> compile(String template, Class<K> type) {
        return KeyTemplate.compile(template, KeyScope.ofArgument(type));
    }

    @Property
    void render_textsOfFewSigns_collideOnlyIfEqual(@ForAll("texts") Texts one, @ForAll("texts") Texts two) {
        for (KeyTemplate<Texts> template : TEXTS) {
            assertInjective(template, one, two);
        }
    }

    @Property
    void render_nestedValues_collideOnlyIfEqual(@ForAll("nested") Nested one, @ForAll("nested") Nested two) {
        assertInjective(NESTED, one, two);
    }

    @Property
    void render_openValues_collideOnlyIfEqual(@ForAll("open") Open one, @ForAll("open") Open two) {
        assertInjective(OPEN, one, two);
    }

    @Property
    void render_anyText_collidesOnlyIfEqual(@ForAll String one, @ForAll String two) {
        assertInjective(TEXTS.get(0), new Texts(one, two, Optional.empty()), new Texts(two, one, Optional.empty()));
    }

    @Property
    void render_numbers_collideOnlyIfEqual(@ForAll long a, @ForAll int b, @ForAll long c, @ForAll int d) {
        record Numbers(long x, int y) {}
        KeyTemplate<Numbers> template = compile("n{x}-{y}", Numbers.class);

        assertInjective(template, new Numbers(a, b), new Numbers(c, d));
    }

    @Example
    void render_allShortTextsOfTrickySigns_collideNever() {
        List<@Nullable String> texts = new ArrayList<>(List.of(""));
        for (int i = 0, end = 1; texts.size() < 1 + 6 + 36; end = texts.size()) {
            for (; i < end; i++) {
                for (char c : "a:~-%,".toCharArray()) {
                    texts.add(texts.get(i) + c);
                }
            }
        }
        texts.add(null);
        for (KeyTemplate<Texts> template : TEXTS) {
            Set<String> keys = new HashSet<>();
            for (String a : texts) {
                for (String b : texts) {
                    keys.add(template.render(new Texts(a, b, Optional.empty())));
                    keys.add(template.render(new Texts(a, "", Optional.ofNullable(b))));
                }
            }
            int twice = texts.size(); // b empty and c absent
            assertThat(keys).hasSize(2 * texts.size() * texts.size() - twice);
        }
    }

    private static <K> void assertInjective(KeyTemplate<K> template, K one, K two) {
        String first = template.render(one);
        String second = template.render(two);

        assertThat(first.equals(second)).as("%s and %s", first, second).isEqualTo(one.equals(two));
        assertThat(first).matches("[!-~]{1,200}");
    }

    /** Short texts of the signs that matter: a small space, so that neighbours are met. */
    private static Arbitrary<String> tricky() {
        return Arbitraries.strings()
                .withChars("ab:,~-%2./_()[]=3A")
                .withChars(' ', '\u00e9', '\uD83D', '\uDE00')
                .ofMaxLength(3);
    }

    @Provide
    Arbitrary<Texts> texts() {
        return Combinators.combine(tricky().injectNull(0.2), tricky().injectNull(0.2), tricky().optional())
                .as(Texts::new);
    }

    @Provide
    Arbitrary<Nested> nested() {
        Arbitrary<List<String>> lists =
                tricky().injectNull(0.2).list().ofMaxSize(2).injectNull(0.2);
        Arbitrary<Map<String, Integer>> maps = Arbitraries.maps(
                        tricky(), Arbitraries.integers().between(-2, 2))
                .ofMaxSize(2);
        return Combinators.combine(lists, tricky().set().ofMaxSize(2), maps, texts().optional())
                .as(Nested::new);
    }

    @Provide
    Arbitrary<Open> open() {
        Arbitrary<Object> values = Arbitraries.oneOf(
                Arbitraries.integers().between(-1, 12).map(i -> i),
                Arbitraries.longs().between(-1, 12).map(i -> i),
                Arbitraries.of(true, false).map(b -> b),
                tricky().map(t -> t),
                tricky().list().ofMaxSize(2).map(l -> l),
                tricky().set().ofMaxSize(2).map(s -> s),
                Arbitraries.maps(tricky(), tricky()).ofMaxSize(1).map(HashMap::new));
        return Combinators.combine(values.injectNull(0.1), values.injectNull(0.1))
                .as(Open::new);
    }
}
