package io.larder.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of the house: which package may use which, and which libraries. A package not named here fails the build. */
class ModuleArrowsTest {
    private static final String ROOT = "io.larder.";
    private static final String SHADED = "io.larder.weave.asm."; // ASM as the weaver's jar has it
    private static final List<String> EVERYWHERE = List.of(
            "java.",
            "javax.crypto.",
            "javax.net.",
            "com.sun.management.",
            "org.jspecify.",
            "com.google.errorprone.annotations.");

    /** Package, and what it may use besides itself, the JDK and annotations that leave no trace at run time. */
    private static final Map<String, List<String>> ARROWS = Map.ofEntries(
            Map.entry("base", List.of()),
            Map.entry("protocol", List.of("base")),
            Map.entry("storage", List.of("base")),
            Map.entry("server", List.of("base", "protocol", "storage")),
            Map.entry("admin", List.of("base", "server")),
            Map.entry("client", List.of("base", "protocol", "jdk.jfr.")),
            Map.entry("client.json", List.of("client", "com.fasterxml.jackson.")),
            Map.entry("cache", List.of("base", "cache.spi", "cache.annotation", "com.github.benmanes.caffeine.")),
            Map.entry("cache.annotation", List.of()),
            Map.entry("cache.spi", List.of("base", "cache")),
            Map.entry("cache.json", List.of("cache.spi", "com.fasterxml.jackson.")),
            Map.entry("cache.kryo", List.of("cache.spi", "com.esotericsoftware.kryo.kryo5.")),
            Map.entry("toolbox", List.of("base", "cache", "cache.spi", "toolbox.annotation")),
            Map.entry("toolbox.annotation", List.of("toolbox", "cache.spi")),
            Map.entry("cache.memcached", List.of("base", "client", "cache", "cache.spi")),
            Map.entry("micrometer", List.of("cache", "io.micrometer.core.")),
            Map.entry("weave", List.of("org.objectweb.asm.", SHADED)),
            Map.entry("test", List.of("base", "cache", "cache.spi", "org.junit.jupiter.api.")),
            Map.entry("cli", List.of("base", "server", "admin", "storage", "cache")),
            Map.entry("examples", List.of("client", "cache", "cache.annotation", "toolbox", "toolbox.annotation")),
            Map.entry(
                    "bench",
                    List.of(
                            "base",
                            "protocol",
                            "storage",
                            "server",
                            "client",
                            "cache",
                            "cache.spi",
                            "org.openjdk.jmh.")));

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.larder");

    static Set<String> packages() {
        return CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals("io.larder.architecture") && !(name + ".").startsWith(SHADED))
                .map(name -> name.substring(ROOT.length()))
                .collect(Collectors.toSet());
    }

    @Test
    void packages_found_areAllOfTheHouse() {
        assertThat(packages()).isEqualTo(ARROWS.keySet());
    }

    @ParameterizedTest
    @MethodSource("packages")
    void arrows_pointDown(String name) {
        List<String> allowed = ARROWS.getOrDefault(name, List.of());

        classes()
                .that()
                .resideInAPackage(ROOT + name)
                .should()
                .onlyDependOnClassesThat(isIn(name, allowed))
                .allowEmptyShould(true)
                .check(CLASSES);
    }

    private static DescribedPredicate<JavaClass> isIn(String own, List<String> allowed) {
        Set<String> packages = Stream.concat(Stream.of(own), allowed.stream())
                .map(ROOT::concat)
                .collect(Collectors.toSet());
        return DescribedPredicate.describe("belong to " + own + " or " + allowed, type -> {
            JavaClass base = type.getBaseComponentType();
            return base.isPrimitive()
                    || packages.contains(base.getPackageName())
                    || Stream.concat(EVERYWHERE.stream(), allowed.stream())
                            .filter(prefix -> prefix.endsWith("."))
                            .anyMatch(base.getName()::startsWith);
        });
    }
}
