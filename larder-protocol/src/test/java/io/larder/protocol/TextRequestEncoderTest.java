package io.larder.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.larder.protocol.TextRequestEncoder.Storage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TextRequestEncoderTest {
    private static final byte[] KEY = bytes("k1");
    private static final byte[] DATA = bytes("a\r\nb");

    static Stream<Arguments> requests() {
        return Stream.of(
                arguments(TextRequestEncoder.get(KEY), "get k1\r\n"),
                arguments(TextRequestEncoder.gets(KEY), "gets k1\r\n"),
                arguments(TextRequestEncoder.get(List.of(KEY, bytes("键"), bytes("z"))), "get k1 键 z\r\n"),
                arguments(TextRequestEncoder.getAndTouch(KEY, 60), "gat 60 k1\r\n"),
                arguments(TextRequestEncoder.store(Storage.SET, KEY, 0, 0, DATA), "set k1 0 0 4\r\na\r\nb\r\n"),
                arguments(
                        TextRequestEncoder.store(Storage.ADD, KEY, -1, 30, DATA),
                        "add k1 4294967295 30 4\r\na\r\nb\r\n"),
                arguments(TextRequestEncoder.store(Storage.REPLACE, KEY, 7, 1, bytes("")), "replace k1 7 1 0\r\n\r\n"),
                arguments(TextRequestEncoder.store(Storage.APPEND, KEY, 0, 0, bytes("x")), "append k1 0 0 1\r\nx\r\n"),
                arguments(
                        TextRequestEncoder.store(Storage.PREPEND, KEY, 0, 0, bytes("x")), "prepend k1 0 0 1\r\nx\r\n"),
                arguments(
                        TextRequestEncoder.cas(KEY, 1, 2, -1, bytes("x")),
                        "cas k1 1 2 1 18446744073709551615\r\nx\r\n"),
                arguments(TextRequestEncoder.delete(KEY), "delete k1\r\n"),
                arguments(TextRequestEncoder.touch(KEY, 2_592_000), "touch k1 2592000\r\n"),
                arguments(TextRequestEncoder.incr(KEY, 1), "incr k1 1\r\n"),
                arguments(TextRequestEncoder.incr(KEY, Long.MAX_VALUE), "incr k1 9223372036854775807\r\n"),
                arguments(TextRequestEncoder.decr(KEY, 10), "decr k1 10\r\n"),
                arguments(TextRequestEncoder.version(), "version\r\n"),
                arguments(TextRequestEncoder.stats(List.of()), "stats\r\n"),
                arguments(TextRequestEncoder.stats(List.of("detail", "on")), "stats detail on\r\n"),
                arguments(TextRequestEncoder.flushAll(0), "flush_all\r\n"),
                arguments(TextRequestEncoder.flushAll(9), "flush_all 9\r\n"));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void request_everyCommand_hasTheseBytes(EncodedRequest request, String expected) {
        ByteBuffer out = ByteBuffer.allocate(request.length());

        request.writeTo(out);

        assertThat(out.hasRemaining()).isFalse();
        assertThat(new String(out.array(), StandardCharsets.UTF_8)).isEqualTo(expected);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
