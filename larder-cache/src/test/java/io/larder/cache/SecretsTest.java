package io.larder.cache;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    private static final String TEXT = "correct horse battery";
    private static final Map<String, String> ENVIRONMENT = Map.of("LONG", TEXT, "SHORT", "tooshort");

    @TempDir
    Path folder;

    @Test
    void parse_references_areTheSecretsInOrder() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), "of a file, with its line end\r\n");
        Seal both = Secrets.parse("env:LONG, file:" + file, ENVIRONMENT::get).seal("");

        assertThat(both.check("k", sealed(TEXT))).isEqualTo(1);
        assertThat(both.check("k", sealed("of a file, with its line end"))).isEqualTo(1);
        assertThat(Secrets.of(TEXT.getBytes(UTF_8)).seal("").check("k", both.close("k", written())))
                .isEqualTo(1);
    }

    @Test
    void parse_whatIsNoSecret_saysWhatToWrite() {
        assertRefused(
                "env:MISSING",
                "secret env:MISSING: there is no such environment variable; set it, or write secret=file:/path");
        assertRefused(
                "env:SHORT", "secret env:SHORT has 8 bytes, at least 16 are needed; openssl rand -hex 32 makes one");
        assertRefused(
                "file:" + folder.resolve("none"),
                "secret file:%s cannot be read: NoSuchFileException; name a file that this process may read"
                        .formatted(folder.resolve("none")));
        assertRefused(
                TEXT,
                "a secret is given by reference; write secret=env:NAME or secret=file:/path, several with commas between");
        assertRefused(
                String.join(",", java.util.Collections.nCopies(9, "env:LONG")),
                "9 secrets are more than the 8 that are tried; leave out the oldest");
    }

    @Test
    void parse_largeFile_isRefusedWithoutItsText() throws IOException {
        Path file = Files.writeString(folder.resolve("large"), TEXT.repeat(1000));

        assertRefused(
                "file:" + file,
                "secret file:%s has more than 4096 bytes; name a file that holds the secret alone".formatted(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"mem:?secret=" + TEXT, "null:?secret=" + TEXT + "&size=1", "chaos:mem:?secret=" + TEXT})
    void open_secretItselfInTheUrl_isRefusedWithoutShowingIt(String url) {
        Throwable refusal = catchThrowable(() -> Larder.open(url));
        StringWriter trace = new StringWriter();
        refusal.printStackTrace(new PrintWriter(trace));

        assertThat(refusal).isInstanceOf(IllegalArgumentException.class);
        assertThat(trace.toString()).doesNotContain(TEXT).doesNotContain("battery");
    }

    @Test
    void open_storeInThisProcess_takesNoSecret() throws IOException {
        Path file = Files.writeString(folder.resolve("secret"), TEXT);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Larder.open("mem:?size=10&secret=file:" + file))
                .withMessageStartingWith("mem: keeps objects as they are, in this process; leave out secret");
    }

    @Test
    void toString_anySecretOwner_doesNotShowIt() {
        Secrets secrets = Secrets.of(TEXT.getBytes(UTF_8), (TEXT + 2).getBytes(UTF_8));

        assertThat(secrets).hasToString("Secrets[2]");
        assertThat(Stream.of(
                                secrets.seal("r"),
                                Values.DEFAULT.withSecrets(secrets),
                                Larder.builder().secrets(secrets))
                        .map(String::valueOf))
                .noneMatch(text -> text.contains("horse"));
    }

    private static void assertRefused(String references, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Secrets.parse(references, ENVIRONMENT::get))
                .withMessage(message);
    }

    private static byte[] sealed(String secret) {
        return Secrets.of(secret.getBytes(UTF_8)).seal("").close("k", written());
    }

    private static ByteOut written() {
        ByteOut out = new ByteOut(1);
        out.oneByte(7);
        return out;
    }
}
