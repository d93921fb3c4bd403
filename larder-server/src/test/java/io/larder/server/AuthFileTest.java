package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.larder.base.LarderException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthFileTest {
    private final ServerLog log = new ServerLog(new PrintStream(new ByteArrayOutputStream()), 0);

    @TempDir
    private Path folder;

    @Test
    void accepts_everyPairOfTheFileAndNoOther() throws IOException {
        AuthFile file = AuthFile.open(write("me:secret\r\nyou:a:b\n\n"), log);

        assertThat(accepts(file, "me", "secret")).isTrue();
        assertThat(accepts(file, "you", "a:b")).isTrue();
        assertThat(accepts(file, "me", "a:b")).isFalse();
        assertThat(accepts(file, "me:secret", "")).isFalse();
        assertThat(accepts(file, "", "")).isFalse();
        assertThat(accepts(file, "ME", "secret")).isFalse();
    }

    @Test
    void changedFile_holdsAfterReloading_andABrokenOneChangesNothing() throws IOException {
        Path path = write("me:secret\n");
        AuthFile file = AuthFile.open(path, log);

        Files.writeString(path, "me:changed\n");
        Files.setLastModifiedTime(path, FileTime.from(Instant.parse("2030-01-01T00:00:00Z")));
        assertThat(accepts(file, "me", "secret")).isTrue();
        file.reloadIfChanged();
        assertThat(accepts(file, "me", "changed")).isTrue();
        assertThat(accepts(file, "me", "secret")).isFalse();

        Files.writeString(path, "no colon");
        file.reloadIfChanged();
        assertThatThrownBy(file::reload).isInstanceOf(LarderException.class);
        assertThat(accepts(file, "me", "changed")).isTrue();
        Files.delete(path);
        file.reloadIfChanged();
        assertThat(accepts(file, "me", "changed")).isTrue();

        write("me:third\n");
        file.reload();
        assertThat(accepts(file, "me", "third")).isTrue();
    }

    @Test
    void open_badFile_saysWhatIsWrongWithoutTellingPasswords() throws IOException {
        assertThatThrownBy(() -> AuthFile.open(folder.resolve("none"), log))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("is not there");
        assertThatThrownBy(() -> AuthFile.open(write("a:b\nhunter2\n"), log))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("line 2")
                .hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> AuthFile.open(write("\n\n"), log))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("names no user");
        assertThatThrownBy(() -> AuthFile.open(write("a:b\n".repeat(AuthFile.FILE_BYTES_MAX)), log))
                .isInstanceOf(LarderException.class)
                .hasMessageContaining("larger than 65536 bytes");
    }

    private Path write(String text) throws IOException {
        return Files.writeString(folder.resolve("users"), text);
    }

    private static boolean accepts(AuthFile file, String user, String password) {
        return file.accepts(user.getBytes(ISO_8859_1), password.getBytes(ISO_8859_1));
    }
}
