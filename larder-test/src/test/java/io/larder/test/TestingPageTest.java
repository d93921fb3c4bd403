package io.larder.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TestingPageTest {
    @Test
    void example_ofThePage_isTheOneThatRuns() throws IOException {
        String test = Files.readString(Path.of("src/test/java/io/larder/test/OneLoadTest.java"));
        String method = test.substring(test.indexOf("    @Test"), test.lastIndexOf('}'))
                .stripTrailing()
                .stripIndent();

        assertThat(Files.readString(Path.of("../docs/testing.md"))).contains("```java\n" + method + "\n```");
    }
}
