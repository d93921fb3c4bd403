package io.larder.weave;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WeaverTest {
    private final Weaver weaver = new Weaver();

    private static byte[] fixture(String name) {
        return WeavingLoader.bytes(Fixtures.class.getName() + "$" + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bare", "Api", "MoreNumbers"})
    void weave_nothingOfItsOwn_leavesTheClassAlone(String name) {
        assertThat(weaver.weave(fixture(name))).isNull();
    }

    @Test
    void weave_twice_changesNothingMore() {
        byte[] woven = Objects.requireNonNull(weaver.weave(fixture("Numbers")));

        assertThat(weaver.weave(woven)).isNull();
        assertThat(weaver.isWoven(woven)).isTrue();
        assertThat(weaver.isWoven(fixture("Numbers"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NoCode | @Cached on NoCode.find: it has no code here; annotate the method that does the work",
                "NoResult | @Cached on NoResult.find: it returns nothing to cache; remove the annotation",
            })
    void weave_whatCannotWork_saysWhatToWrite(String name, String message) {
        assertThatThrownBy(() -> weaver.weave(fixture(name)))
                .isInstanceOf(WeavingException.class)
                .hasMessage(message);
    }

    @Test
    void weave_aVersionNobodyKnows_saysSo() {
        byte[] future = fixture("Numbers");
        future[7] = (byte) 200; // the low byte of the major version

        assertThatThrownBy(() -> weaver.weave(future))
                .isInstanceOf(WeavingException.class)
                .hasMessage(
                        "not a class file that this weaver knows (Unsupported class file version 200.0); take a newer larder-weave");
    }

    @Test
    void main_weavesADirectory_oncePerClass_andListsWhatIsWoven(@TempDir Path classes) throws Exception {
        Path list = classes.resolve(Main.LIST);
        copy(classes, "Numbers");
        copy(classes, "Bare");

        assertThat(Main.weave(classes)).isEqualTo(1);
        assertThat(Files.readAllLines(list)).containsExactly("io.larder.weave.Fixtures$Numbers");
        copy(classes, "Point");
        assertThat(Main.weave(classes)).isEqualTo(1);
        assertThat(Files.readAllLines(list))
                .containsExactly("io.larder.weave.Fixtures$Numbers", "io.larder.weave.Fixtures$Point");
        Files.delete(file(classes, "Numbers"));
        Files.delete(file(classes, "Point"));
        assertThat(Main.weave(classes)).isZero();
        assertThat(list).doesNotExist();
    }

    @Test
    void main_oneClassCannotBeWoven_writesNothing(@TempDir Path classes) throws Exception {
        copy(classes, "Numbers");
        copy(classes, "NoCode");

        assertThatThrownBy(() -> Main.weave(classes)).isInstanceOf(WeavingException.class);

        assertThat(Files.readAllBytes(file(classes, "Numbers"))).isEqualTo(fixture("Numbers"));
        assertThatThrownBy(() -> Main.weave(classes.resolve("none")))
                .hasMessageEndingWith(
                        "none is not a directory; give the one with the compiled classes, like target/classes");
    }

    private static Path file(Path classes, String name) {
        return classes.resolve(Fixtures.class.getName().replace('.', '/') + "$" + name + ".class");
    }

    private static void copy(Path classes, String name) throws Exception {
        Files.createDirectories(file(classes, name).getParent());
        Files.write(file(classes, name), fixture(name));
    }
}
