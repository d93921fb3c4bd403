package io.larder.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.larder.cache.Cached;
import io.larder.cache.Larder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BindingTest {
    private final WeavingLoader loader = new WeavingLoader();

    private Shop shop() throws ReflectiveOperationException {
        var constructor = loader.woven(Fixtures.Store.class).getDeclaredConstructor();
        constructor.setAccessible(true);
        return (Shop) constructor.newInstance();
    }

    private static Larder open() {
        return Larder.builder()
                .pipe("half", Double.class, x -> String.valueOf(x / 2))
                .open();
    }

    /** What the framework's log says meanwhile. */
    private static List<String> logOf(Runnable work) {
        Logger log = Logger.getLogger("io.larder.cache");
        List<String> lines = new ArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord line) {
                lines.add(new SimpleFormatter().formatMessage(line));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        log.setUseParentHandlers(false);
        log.addHandler(handler);
        try {
            work.run();
        } finally {
            log.removeHandler(handler);
            log.setUseParentHandlers(true);
        }
        return lines;
    }

    @Test
    void call_beforeBinding_runsTheCode_andIsLoggedOnce() throws Exception {
        Shop shop = shop();

        List<String> lines = logOf(() -> {
            assertThat(shop.priceOf("a")).isEqualTo("a#1");
            assertThat(shop.priceOf("a")).isEqualTo("a#2");
            assertThat(shop.joined("a")).isEqualTo("a3");
        });

        assertThat(lines)
                .containsExactly(
                        "Store.price(String) was called before its class was bound, so nothing is cached; call larder.bind(Store.class) first");
        try (Larder larder = open()) {
            larder.bind(loader.woven(Fixtures.Store.class));
            assertThat(shop.priceOf("a")).isEqualTo("a#4");
            assertThat(shop.priceOf("a")).isEqualTo("a#4");
        }
    }

    @Test
    void invalidation_beforeBinding_isRefused() throws Exception {
        Shop shop = shop();

        assertThatIllegalStateException()
                .isThrownBy(() -> shop.change("a"))
                .withMessage(
                        "Store.change(String) was called before its class was bound, and does more than cache; call larder.bind(Store.class) first, in tests with Larder.open(\"null:\")");
        assertThat(shop.calls()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WrongKey | @Cached on WrongKey.find(String): key template \"wrong:{nome}\" uses {nome}",
                "WrongTtl | @Cached on WrongTtl.find(String): ttl \"soon\"",
                "WrongTarget | @Invalidates on WrongTarget.change(int): Numbers has no method \"fob\" with @Cached; did you mean \"fib\"?",
                "Bare | io.larder.weave.Fixtures$Bare is not woven; run larder-weave on its class file in the build",
            })
    void bind_whatCannotWork_saysWhatToWrite_andBindsNothing(String fixture, String message) throws Exception {
        Class<?> wrong = loader.loadClass(Fixtures.class.getName() + "$" + fixture);
        Shop shop = shop();
        try (Larder larder = open();
                Larder other = open()) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larder.bind(loader.woven(Fixtures.Store.class), wrong))
                    .withMessageContaining(message)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));

            other.bind(loader.woven(Fixtures.Store.class)); // nobody has it
            assertThat(shop.priceOf("a")).isEqualTo(shop.priceOf("a"));
            assertThat(other.stats().hits()).isEqualTo(1);
        }
    }

    @Test
    void bind_toASecondLarder_waitsForTheFirstToClose() throws Exception {
        Class<?> type = loader.woven(Fixtures.Store.class);
        Shop shop = shop();
        Larder first = open();
        first.bind(type);
        first.bind(type); // again, which changes nothing
        assertThat(shop.priceOf("a")).isEqualTo("a#1");

        try (Larder second = open()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> second.bind(type))
                    .withMessage("Store is bound to another Larder, which is open; close that one first");
            first.close();
            shop.change("x"); // what is bound to a closed one still works
            second.bind(type);

            assertThat(shop.priceOf("a")).isEqualTo("a#3");
            assertThat(shop.priceOf("a")).isEqualTo("a#3");
            assertThat(second.stats().hits()).isEqualTo(1);
        }
    }

    @Test
    void cachedOf_anObjectOrAClass_sharesItsEntries() throws Exception {
        Class<?> type = loader.woven(Fixtures.Store.class);
        Shop shop = shop();
        assertThatIllegalStateException()
                .isThrownBy(() -> Larder.cachedOf(shop, "price"))
                .withMessage("Store is bound to no Larder; call larder.bind(Store.class) first");
        try (Larder larder = open()) {
            larder.bind(type);
            Cached<@Nullable Object, @Nullable Object> prices = Larder.cachedOf(shop, "price");

            assertThat(prices.get("a")).isEqualTo("a#1"); // loaded by the object
            assertThat(shop.priceOf("a")).isEqualTo("a#1");
            prices.invalidate("a");
            assertThat(shop.priceOf("a")).isEqualTo("a#2");
            assertThat(Larder.cachedOf(type, "rate").key("EUR")).isEqualTo("Store.rate:EUR");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Larder.cachedOf(shop, "prise"))
                    .withMessageContaining("0 methods with @Cached match prise; there are [")
                    .withMessageContaining("Store.price(String)");
        }
    }

    @Test
    void bindAll_bindsWhatTheBuildListed(@TempDir Path classes) throws Exception {
        Path file = classes.resolve(Fixtures.Store.class.getName().replace('.', '/') + ".class");
        Files.createDirectories(file.getParent());
        Files.write(file, WeavingLoader.bytes(Fixtures.Store.class.getName()));
        Main.weave(classes);
        Shop shop = shop();
        try (Larder larder = open()) {
            larder.bindAll(listing(classes));

            assertThat(shop.priceOf("a")).isEqualTo("a#1");
            assertThat(shop.priceOf("a")).isEqualTo("a#1");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> larder.bindAll(listing(classes.resolve("none"))))
                    .withMessageContaining("no woven class is listed on the class path (META-INF/larder/woven)");
        }
    }

    /** A loader that finds the list, and beyond that what {@link #loader} finds. */
    private ClassLoader listing(Path classes) {
        return new ClassLoader(loader) {
            @Override
            public java.util.Enumeration<java.net.URL> getResources(String name) throws IOException {
                Path found = classes.resolve(name);
                return java.util.Collections.enumeration(
                        Files.exists(found) ? List.of(found.toUri().toURL()) : List.of());
            }
        };
    }
}
