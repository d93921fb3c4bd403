package io.larder.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ValueCodecsTest {
    enum Colour {
        RED,
        GREEN {}
    }

    record Account(
            long id,
            @Nullable String name,
            @Nullable Integer rank,
            boolean open,
            Colour colour,
            List<@Nullable Entry> entries,
            Map<String, BigDecimal> totals,
            Optional<UUID> owner) {}

    record Entry(Instant at, double amount) {}

    record Tree(String name, List<Tree> children) {}

    record Page<T>(
            List<T> items, Map<String, T> byName, @Nullable T first) {}

    record Checked(int number) {
        Checked {
            if (number < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    record Holder(Account account, Map<String, List<Thread>> threads) {}

    static Stream<Arguments> scalars() {
        return Stream.of(
                        true,
                        (byte) -3,
                        (short) -300,
                        Integer.MIN_VALUE,
                        Long.MIN_VALUE,
                        'ß',
                        -0.0f,
                        Double.NaN,
                        "",
                        "naïve €😀",
                        "half a pair \uD83D",
                        BigInteger.TEN.pow(40),
                        new BigDecimal("-1.500"),
                        new UUID(-1, 2),
                        Instant.MIN,
                        Instant.MAX,
                        Duration.ofSeconds(-5, 7),
                        LocalDate.MIN,
                        LocalTime.MAX,
                        LocalDateTime.of(2026, 1, 2, 3, 4, 5, 6),
                        Colour.RED)
                .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void roundTrip_scalar_isEqual(Object value) {
        assertThat(roundTrip(value.getClass(), value)).isEqualTo(value);
    }

    @Test
    void roundTrip_bytesAndEnumWithBody_areEqual() {
        assertThat((byte[]) roundTrip(byte[].class, new byte[] {1, -1})).containsExactly(1, -1);
        assertThat(roundTrip(Colour.class, Colour.GREEN)).isSameAs(Colour.GREEN);
    }

    @Property
    void roundTrip_anyTextAndNumbers_areEqual(
            @ForAll String text, @ForAll long a, @ForAll int b, @ForAll double c, @ForAll BigDecimal d) {
        assertThat(roundTrip(String.class, text)).isEqualTo(text);
        assertThat(roundTrip(Long.class, a)).isEqualTo(a);
        assertThat(roundTrip(Integer.class, b)).isEqualTo(b);
        assertThat(roundTrip(Double.class, c)).isEqualTo(c);
        assertThat(roundTrip(BigDecimal.class, d)).isEqualTo(d);
    }

    @Test
    void roundTrip_nestedRecords_areEqual() {
        Account account = new Account(
                7,
                null,
                null,
                true,
                Colour.GREEN,
                Arrays.asList(new Entry(Instant.EPOCH, 0.1), null),
                new LinkedHashMap<>(Map.of("eur", BigDecimal.ONE)),
                Optional.empty());

        assertThat(roundTrip(Account.class, account)).isEqualTo(account);
    }

    @Test
    void roundTrip_genericRecord_usesTheDeclaredArgument() {
        Type type = new TypeRef<Page<Entry>>() {}.type();
        Entry entry = new Entry(Instant.EPOCH, 1);
        Page<Entry> page = new Page<>(List.of(entry), Map.of("a", entry), entry);

        assertThat(roundTrip(type, page)).isEqualTo(page);
    }

    @Test
    void roundTrip_recordWithinItself_isEqual() {
        Tree tree = new Tree("root", List.of(new Tree("leaf", List.of()), new Tree("other", List.of())));

        assertThat(roundTrip(Tree.class, tree)).isEqualTo(tree);
    }

    sealed interface Figure permits Circle, Square, Group {}

    record Circle(double radius) implements Figure {}

    enum Square implements Figure {
        UNIT,
        LARGE {}
    }

    record Group(List<Figure> parts) implements Figure {}

    sealed interface Result<T, E> {}

    record Done<T, E>(T value) implements Result<T, E> {}

    record Failed<T, E>(E reason) implements Result<T, E> {}

    @Test
    void roundTrip_sealedInterface_isEqual() {
        Figure group = new Group(List.of(new Circle(1.5), Square.LARGE, new Group(List.of())));
        Type result = new TypeRef<Result<Entry, List<String>>>() {}.type();
        Entry entry = new Entry(Instant.EPOCH, 1);

        assertThat(roundTrip(Figure.class, group)).isEqualTo(group);
        assertThat(roundTrip(result, new Done<>(entry))).isEqualTo(new Done<>(entry));
        assertThat(roundTrip(result, new Failed<>(List.of("a")))).isEqualTo(new Failed<>(List.of("a")));
    }

    @Test
    void read_permittedTypeThatIsNone_isUnreadable() {
        ByteOut out = new ByteOut(16);
        out.varint(3);

        assertThatThrownBy(() -> ValueCodecs.of(Figure.class).read(new ByteIn(out.toBytes())))
                .isInstanceOf(UnreadableException.class);
    }

    @Test
    void shape_sealedInterface_hasAllItPermitsInOrder() {
        assertThat(ValueCodecs.of(Figure.class).shape())
                .isEqualTo("sealed Figure(Circle{radius:f64;};enum Square;Group{parts:list<Figure>;};)");
    }

    static final class Other {
        record Node(String text) {}

        record Tree(Node node, ValueCodecsTest.Tree tree, List<Tree> more) {}
    }

    /** By simple names alone both would read "Tree{…list<Tree>…}", whichever of them the list is of. */
    @Test
    void shape_twoTypesOfOneName_tellsThemApart() {
        assertThat(ValueCodecs.of(Other.Tree.class).shape())
                .isEqualTo("Tree{node:Node{text:text;};"
                        + "tree:io.larder.cache.ValueCodecsTest$Tree{name:text;"
                        + "children:list<io.larder.cache.ValueCodecsTest$Tree>;};more:list<Tree>;}");
    }

    /** Each pair differs in one place only, and none may be read as the other. */
    @Test
    void shape_changedAnywhere_isAnother() {
        record Inner1(int a, List<Colour> colours) {}
        record Inner2(long a, List<Colour> colours) {}
        record Outer1(String name, Map<String, Optional<Inner1>> inner) {}
        record Outer2(String name, Map<String, Optional<Inner2>> inner) {}

        String nested =
                ValueCodecs.of(Outer1.class).shape().replace("Inner1", "I").replace("Outer1", "O");
        String other =
                ValueCodecs.of(Outer2.class).shape().replace("Inner2", "I").replace("Outer2", "O");

        assertThat(nested).isEqualTo("O{name:text;inner:map<text,optional<I{a:i32;colours:list<enum Colour>;}>>;}");
        assertThat(other).isEqualTo("O{name:text;inner:map<text,optional<I{a:i64;colours:list<enum Colour>;}>>;}");
    }

    @Test
    void read_enumConstantThatIsGone_isUnreadable() {
        ByteOut out = new ByteOut(16);
        out.text("BLUE");

        assertThatThrownBy(() -> ValueCodecs.of(Colour.class).read(new ByteIn(out.toBytes())))
                .isInstanceOf(UnreadableException.class);
    }

    @Test
    void of_sealedInterfaceWithAPartWithoutForm_namesTheWayToIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueCodecs.of(Odd.class))
                .withMessageStartingWith("Odd(Strange).thread is Thread, which has no binary form;");
    }

    sealed interface Odd {}

    record Strange(Thread thread) implements Odd {}

    @Test
    void roundTrip_set_keepsItsOrderAndMayBeChanged() {
        Type type = new TypeRef<Set<Integer>>() {}.type();
        Set<Integer> set = new LinkedHashSet<>(List.of(3, 1, 2));

        Object read = roundTrip(type, set);

        assertThat(read).isEqualTo(set).asString().isEqualTo("[3, 1, 2]");
    }

    @Test
    void write_valueThatContainsItself_ends() {
        List<Tree> children = new ArrayList<>();
        Tree loop = new Tree("loop", children);
        children.add(loop);
        ValueCodec codec = ValueCodecs.of(Tree.class);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> codec.write(new ByteOut(16), loop))
                .withMessage("the value is nested more than 200 deep; does it contain itself?");
    }

    @Test
    void of_typeWithoutForm_namesTheWayToIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueCodecs.of(Holder.class))
                .withMessage(
                        "Holder.threads.value[] is Thread, which has no binary form;"
                                + " use a record, text, numbers, dates, enums, List, Set, Map or Optional of them, or a mem: store");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueCodecs.of(Object.class))
                .withMessageStartingWith("Object has no binary form;");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueCodecs.of(new TypeRef<List<?>>() {}.type()))
                .withMessageStartingWith("List<?>[] is Object, which has no binary form;");
    }

    @Test
    void shape_describesNamesTypesAndOrder() {
        assertThat(ValueCodecs.of(Tree.class).shape()).isEqualTo("Tree{name:text;children:list<Tree>;}");
        assertThat(ValueCodecs.of(new TypeRef<Page<Entry>>() {}.type()).shape())
                .isEqualTo(
                        "Page{items:list<Entry{at:instant;amount:f64;}>;byName:map<text,Entry{at:instant;amount:f64;}>;"
                                + "first:Entry{at:instant;amount:f64;};}");
        assertThat(ValueCodecs.of(Colour.class).shape()).isEqualTo("enum Colour");
    }

    @Test
    void read_recordRefusesItsComponents_isUnreadable() {
        ByteOut out = new ByteOut(16);
        out.oneByte(1);
        out.zigzag(-5);

        assertThatThrownBy(() -> ValueCodecs.of(Checked.class).read(new ByteIn(out.toBytes())))
                .isInstanceOf(UnreadableException.class);
    }

    private static Object roundTrip(Type type, Object value) {
        ValueCodec codec = ValueCodecs.of(type);
        ByteOut out = new ByteOut(1);
        codec.write(out, value);
        ByteIn in = new ByteIn(out.toBytes());
        Object read = codec.read(in);
        assertThat(in.left()).isZero();
        return read;
    }
}
