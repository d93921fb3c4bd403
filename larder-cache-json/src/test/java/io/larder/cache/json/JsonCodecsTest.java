package io.larder.cache.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import io.larder.cache.spi.Codec;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonCodecsTest {
    enum Colour {
        RED,
        GREEN
    }

    record Account(
            long id,
            @Nullable String name,
            BigDecimal balance,
            Colour colour,
            Optional<UUID> owner,
            Map<Colour, List<Instant>> seen,
            ZonedDateTime opened,
            LocalDate born,
            Duration idle) {}

    record Money(@JsonValue BigDecimal amount) {
        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        Money {}
    }

    /** What records cannot be: with setters, a parent, and a getter that computes. */
    static class Person {
        private String name = "";

        public String getName() {
            return name;
        }

        public void setName(String changed) {
            name = changed;
        }

        public int getLength() {
            return name.length();
        }
    }

    static final class Employee extends Person {
        private final List<Money> salaries;
        private final @Nullable Employee boss;

        @JsonCreator
        Employee(@JsonProperty("salaries") List<Money> salaries, @JsonProperty("boss") @Nullable Employee boss) {
            this.salaries = salaries;
            this.boss = boss;
        }

        public List<Money> getSalaries() {
            return salaries;
        }

        public @Nullable Employee getBoss() {
            return boss;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = Circle.class, name = "circle"), @JsonSubTypes.Type(Group.class)})
    interface Figure {}

    record Circle(double radius) implements Figure {}

    record Group(List<Figure> parts) implements Figure {}

    record Page<T>(List<T> items, @Nullable T first) {}

    private final JsonCodecs codecs = new JsonCodecs();

    private Object roundTrip(Type type, Object value) {
        Codec codec = codecs.codec(type);
        return codec.decode(codec.encode(value));
    }

    @Test
    void roundTrip_record_isEqual() {
        Account account = new Account(
                7,
                null,
                new BigDecimal("1.50"),
                Colour.GREEN,
                Optional.of(new UUID(1, 2)),
                Map.of(Colour.RED, List.of(Instant.ofEpochSecond(1, 123_456_789))),
                ZonedDateTime.parse("2026-01-31T12:00:00.000000001+01:00"),
                LocalDate.EPOCH,
                Duration.ofNanos(1_000_000_001));

        assertThat(roundTrip(Account.class, account)).usingRecursiveComparison().isEqualTo(account);
    }

    @Test
    void roundTrip_beansWithParentsAndThemselves_areEqual() {
        Employee boss = new Employee(List.of(new Money(BigDecimal.TEN)), null);
        boss.setName("Ada");
        Employee employee = new Employee(List.of(), boss);
        employee.setName("Bob");

        assertThat(roundTrip(Employee.class, employee))
                .usingRecursiveComparison()
                .isEqualTo(employee);
    }

    @Test
    void roundTrip_hierarchyByAnnotations_isEqual() {
        Figure figure = new Group(List.of(new Circle(1.5), new Group(List.of())));

        assertThat(roundTrip(Figure.class, figure)).isEqualTo(figure);
    }

    @Test
    void roundTrip_genericTypes_useTheDeclaredArguments() {
        Page<Figure> page = new Page<>(List.of(new Circle(1)), new Circle(2));

        assertThat(roundTrip(new TypeReference<Page<Figure>>() {}.getType(), page))
                .isEqualTo(page);
        assertThat(roundTrip(
                        new TypeReference<Map<Long, Set<LocalDate>>>() {}.getType(),
                        Map.of(7L, Set.of(LocalDate.EPOCH))))
                .isEqualTo(Map.of(7L, Set.of(LocalDate.EPOCH)));
        assertThat(roundTrip(byte[].class, new byte[] {1, -1})).isEqualTo(new byte[] {1, -1});
    }

    @Test
    void decode_whatIsNoValue_fails() {
        Codec codec = codecs.codec(Circle.class);

        for (String text : List.of("", "{", "[]", "{\"radius\":\"x\"}", "{\"radius\":1} 2")) {
            assertThatThrownBy(() -> codec.decode(text.getBytes(UTF_8)))
                    .as(text)
                    .isInstanceOf(RuntimeException.class);
        }
        assertThatThrownBy(() -> codecs.codec(Figure.class).decode("{\"@type\":\"java.lang.Thread\"}".getBytes(UTF_8)))
                .as("a type that is not declared")
                .isInstanceOf(RuntimeException.class);
        assertThatThrownBy(() -> codecs.codec(Figure.class)
                        .decode("{\"@type\":\"x\",\"parts\":[".repeat(5000).getBytes(UTF_8)))
                .as("nested without end")
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void encode_valueThatContainsItself_fails() {
        List<Figure> parts = new ArrayList<>();
        Group loop = new Group(parts);
        parts.add(loop);

        assertThatThrownBy(() -> codecs.codec(Figure.class).encode(loop)).isInstanceOf(RuntimeException.class);
    }

    @Test
    void shape_anyPartChanged_isAnother() {
        record A(String name, int rank) {}
        record B(String name, long rank) {}
        record C(String title, int rank) {}

        assertThat(shape(A.class).replace("1A", "")).isNotEqualTo(shape(B.class).replace("1B", ""));
        assertThat(shape(A.class).replace("1A", "")).isNotEqualTo(shape(C.class).replace("1C", ""));
        assertThat(shape(new TypeReference<List<A>>() {}.getType())).contains("{name:java.lang.String;rank:int;}");
        assertThat(shape(Employee.class))
                .endsWith("Employee{boss:io.larder.cache.json.JsonCodecsTest$Employee;name:java.lang.String;"
                        + "salaries:java.util.List<io.larder.cache.json.JsonCodecsTest$Money=java.math.BigDecimal>;}");
        assertThat(shape(Figure.class))
                .as("with the subtypes and their names")
                .contains("(NAME PROPERTY @type)(=io.larder.cache.json.JsonCodecsTest$Group ")
                .contains(";circle=io.larder.cache.json.JsonCodecsTest$Circle ")
                .contains("{radius:double;}");
    }

    private String shape(Type type) {
        return codecs.codec(type).shape();
    }

    interface Open {}

    record Holder(Map<String, List<Open>> things) {}

    static final class NoWayIn {
        private final int number;

        NoWayIn(int number, String unused) {
            this.number = number + unused.length();
        }

        public int getNumber() {
            return number;
        }
    }

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    @Test
    void codec_typeThatCannotBeBroughtBack_namesTheWayToIt() {
        assertRefused(
                Holder.class,
                "Holder.things.value[] is Open, which is abstract; annotate it with @JsonTypeInfo(use = NAME) and @JsonSubTypes, or use a mem: store");
        assertRefused(
                Object.class,
                "Object is a type which says nothing of what is in it; declare the type, or use a mem: store");
        assertRefused(
                NoWayIn.class,
                "NoWayIn is a type which nothing can construct; give it a constructor without parameters, or @JsonCreator, or use a mem: store");
        assertRefused(
                ByClass.class,
                "ByClass is a type whose annotation lets stored bytes name classes; write @JsonTypeInfo(use = NAME) and @JsonSubTypes, or use a mem: store");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codecs.codec(new TypeReference<List<Thread>>() {}.getType()))
                .withMessageStartingWith("List<Thread>[] is Thread, which Jackson ")
                .withMessageEndingWith(", or use a mem: store");
    }

    private void assertRefused(Type type, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> codecs.codec(type))
                .withMessage(message);
    }

    @Test
    void of_mapperOfTheProgram_isUsedAsItIs() {
        record Dot(double radius) {}
        ObjectMapper mapper = JsonMapper.builder()
                .propertyNamingStrategy(PropertyNamingStrategies.UPPER_CAMEL_CASE)
                .build();
        Codec codec = JsonCodecs.of(mapper).codec(Dot.class);

        assertThat(new String(codec.encode(new Dot(1)), UTF_8)).isEqualTo("{\"Radius\":1.0}");
        assertThat(codec.shape()).endsWith("{Radius:double;}");
        assertThat(codec.decode("{\"Radius\":2}".getBytes(UTF_8))).isEqualTo(new Dot(2));
    }

    @Test
    void of_mapperWithDefaultTyping_isRefused() {
        ObjectMapper mapper = JsonMapper.builder()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                        .allowIfBaseType(Figure.class)
                        .build())
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JsonCodecs.of(mapper))
                .withMessageStartingWith("the mapper has default typing, which lets stored bytes choose classes;");
    }
}
