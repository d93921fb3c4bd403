package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyTemplateTest {
    enum Colour {
        RED,
        GREEN {
            @Override
            public String toString() {
                return "not the name";
            }
        }
    }

    record User(long id, @Nullable String name, Optional<Address> home, Map<String, String> tags) {}

    record Address(@Nullable String city, int code) {}

    record Visit(User user, long accountId) {}

    record Pair(Object left, Object right) {}

    record Loop(String name, List<Loop> inner) {}

    public static final class Bean {
        public final int field = 5;

        public String getTitle() {
            return "a title";
        }

        public boolean isOpen() {
            return true;
        }
    }

    private static final User ANN = new User(7, "Ann", Optional.of(new Address("Bern", 3000)), Map.of("role", "admin"));

    private static String key(String template, Object argument) {
        return key(template, argument.getClass(), argument);
    }

    private static String key(String template, Type type, @Nullable Object argument) {
        return KeyTemplate.<@Nullable Object>compile(template, KeyScope.ofArgument(type))
                .render(Nulls.cast(argument));
    }

    @Test
    void render_wholeArgument_isNamedKey() {
        assertThat(key("account:{key}", 7L)).isEqualTo("account:7");
        assertThat(key("account:{key}:v2", -7)).isEqualTo("account:-7:v2");
    }

    @Test
    void render_recordComponents_areInScope() {
        assertThat(key("user:{user.id}:{accountId}", new Visit(ANN, 42))).isEqualTo("user:7:42");
        assertThat(key("user:{key.user.id}", new Visit(ANN, 42))).isEqualTo("user:7");
    }

    @Test
    void render_paths_goThroughRecordsOptionalsMapsGettersAndFields() {
        assertThat(key("a:{home.city}:{home.code}:{tags.role}:{tags.none}", ANN))
                .isEqualTo("a:Bern:3000:admin:~");
        assertThat(key("b:{key.title}:{key.open}:{key.field}", new Bean())).isEqualTo("b:a%20title:true:5");
    }

    @Test
    void render_scalars_areReadable() {
        UUID uuid = UUID.fromString("5a4b3c2d-0000-4000-8000-000000000001");
        assertThat(key("k:{key}", uuid)).isEqualTo("k:5a4b3c2d-0000-4000-8000-000000000001");
        assertThat(key("k:{key}", LocalDate.of(2026, 1, 2))).isEqualTo("k:2026-01-02");
        assertThat(key("k:{key}", Instant.EPOCH)).isEqualTo("k:1970-01-01T00%3A00%3A00Z");
        assertThat(key("k:{key}", new BigDecimal("1.50"))).isEqualTo("k:1.50");
        assertThat(key("k:{key}", 0.5)).isEqualTo("k:0.5");
        assertThat(key("k:{key}", 'x')).isEqualTo("k:x");
        assertThat(key("k:{key}", new byte[] {1, 2, (byte) 0xff})).isEqualTo("k:AQL_");
        assertThat(key("k:{key}", Colour.class, Colour.GREEN)).isEqualTo("k:GREEN");
    }

    @Test
    void render_text_isEscaped() {
        assertThat(key("k:{key}", "a:b c%d~[x](y){z}*,=\n"))
                .isEqualTo("k:a%3Ab%20c%25d%7E%5Bx%5D%28y%29%7Bz%7D%2A%2C%3D%0A");
        assertThat(key("k:{key}", "Zürich €😀")).isEqualTo("k:Z%C3%BCrich%20%E2%82%AC%F0%9F%98%80");
        assertThat(key("k:{key}", "\uD800")).isEqualTo("k:%ED%A0%80");
        assertThat(key("k:{key}", "")).isEqualTo("k:");
    }

    @Test
    void render_null_isATilde() {
        assertThat(key("k:{key}", String.class, null)).isEqualTo("k:~");
        assertThat(key("k:{name}", new User(1, null, Optional.empty(), Map.of())))
                .isEqualTo("k:~");
    }

    @Test
    void render_emptyOptional_differsFromNullBehindIt() {
        User homeless = new User(1, "x", Optional.empty(), Map.of());
        User nowhere = new User(1, "x", Optional.of(new Address(null, 0)), Map.of());

        assertThat(key("k:{home.city}", homeless)).isEqualTo("k:~~~");
        assertThat(key("k:{home.city}", nowhere)).isEqualTo("k:~");
    }

    @Test
    void render_nullOnTheWay_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("k:{user.name}:{accountId}", Visit.class, new Visit(Nulls.cast(null), 1)))
                .withMessage(
                        "the key needs {user.name}, but what is before its last dot is null; pass a value, or an Optional");
    }

    @Test
    void render_collections_haveOneForm() {
        Type texts = new TypeRef<List<String>>() {}.type();
        Type numbers = new TypeRef<Set<Integer>>() {}.type();
        Type map = new TypeRef<Map<String, Integer>>() {}.type();
        Map<String, Integer> unsorted = new LinkedHashMap<>();
        unsorted.put("b", 2);
        unsorted.put("a", 1);

        assertThat(key("k:{key}", texts, Arrays.asList("a,b", null, "c"))).isEqualTo("k:[a%2Cb,~,c]");
        assertThat(key("k:{key}", texts, List.of())).isEqualTo("k:[]");
        assertThat(key("k:{key}", texts, List.of(""))).isEqualTo("k:[%]");
        assertThat(key("k:{key}", numbers, new TreeSet<>(Set.of(10, 9)))).isEqualTo("k:[10,9]");
        assertThat(key("k:{key}", map, unsorted)).isEqualTo("k:(a=1,b=2)");
        assertThat(key("k:{key}", new Address("Bern", 3000))).isEqualTo("k:(Bern,3000)");
    }

    @Test
    void render_openTypes_carryALetter() {
        assertThat(key("k:{left}:{right}", new Pair(1, "1"))).isEqualTo("k:i1:s1");
        assertThat(key("k:{left}:{right}", new Pair(1L, List.of(true)))).isEqualTo("k:l1:L[btrue]");
        assertThat(key("k:{left}:{right}", new Pair(Colour.RED, LocalDate.EPOCH)))
                .isEqualTo("k:tio.larder.cache.KeyTemplateTest$Colour=RED:tjava.time.LocalDate=1970-01-01");
    }

    @Test
    void render_openTypeWithoutKeyForm_isRefusedAtTheCall() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> key("k:{left}", new Pair(new Bean(), 1)))
                .withMessageContaining("KeyTemplateTest$Bean has no key form");
    }

    @Test
    void render_separatorInsideValue_isEscaped() {
        assertThat(key("{user.name}-{accountId}", new Visit(new User(1, "a-b", Optional.empty(), Map.of()), -5)))
                .isEqualTo("a%2Db--5");
        assertThat(key("{accountId}-{user.id}", new Visit(ANN, -5))).isEqualTo("%2D5-7");
    }

    @Test
    void render_twoHundredAndMore_keepsAHeadAndADigest() {
        String fits = "x".repeat(198);
        String first = "x".repeat(199);

        assertThat(key("k:{key}", fits)).isEqualTo("k:" + fits);
        assertThat(key("k:{key}", first))
                .hasSize(200)
                .startsWith("k:" + "x".repeat(175) + "~")
                .isNotEqualTo(key("k:{key}", first + "x"))
                .isEqualTo("k:" + "x".repeat(175) + "~pD7RTTrerrieEHUYk7K6uw");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        user:{usr.id}      | uses {usr.id}, names are [user, accountId, key]; did you mean "user"?
        user:{xyzzy}       | uses {xyzzy}, names are [user, accountId, key]; known: accountId, key, user
        user:{user.idd}    | uses {user.idd}, but User has no "idd"; did you mean "id"?
        user:{user.home.x} | uses {user.home.x}, but Address has no "x"; known: city, code
        user:{user.id      | has a { without }; write {name} or {name.property}
        user:user.id}      | has a } without {; write {name} or {name.property}
        user:{}            | has {}; write {name} or {name.property}
        user:{user..id}    | has {user..id}; write {name} or {name.property}
        user:{user.id#len} | has {user.id#len}; write {name} or {name.property}
        {accountId}        | has no text of its own; write a name in front, like account:{key}
        a {accountId}      | contains " "; keys are printable ASCII without blanks, use : or - instead
        é:{accountId}      | contains "\\xc3\\xa9"; keys are printable ASCII without blanks, use : or - instead
        a{accountId}{user.id}  | must part {accountId} and {user.id} by a sign that no value contains; write {accountId}:{user.id}
        a{accountId}x{user.id} | must part {accountId} and {user.id} by a sign that no value contains; write {accountId}:{user.id}
        a{accountId}~{user.id} | must part {accountId} and {user.id} by a sign that no value contains; write {accountId}:{user.id}
        """)
    void compile_whatCannotWork_isRefused(String template, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyTemplate.compile(template, KeyScope.ofArgument(Visit.class)))
                .withMessage("key template \"%s\" %s", template, message);
    }

    @Test
    void compile_typesWithoutKeyForm_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyTemplate.compile("k:{key}", KeyScope.ofArgument(Bean.class)))
                .withMessage("key template \"k:{key}\" uses {key}, but Bean has no key form;"
                        + " name a property of it, like {key.field}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyTemplate.compile("k:{key}", KeyScope.ofArgument(Thread.class)))
                .withMessageContaining("Thread has no key form");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyTemplate.compile("k:{key}", KeyScope.ofArgument(int[].class)))
                .withMessageContaining("int[] has no key form; use text, numbers, dates, records, List, Set or Map");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyTemplate.compile("k:{inner}", KeyScope.ofArgument(Loop.class)))
                .withMessageContaining("List<Loop> has no key form");
    }
}
