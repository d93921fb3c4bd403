package io.larder.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.larder.base.Mutants;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Well-formed streams, strung together, damaged and cut. A tilde in the seeds stands for CRLF. */
class FuzzTest {
    private static final int INPUTS = 20_000;

    @Test
    void requests_damagedAndCut_areFoundTheSame() {
        Mutants.feed(textRequests(), INPUTS, TextRequestFuzz::fuzzerTestOneInput);
    }

    @Test
    void binaryRequests_damagedAndCut_areFoundTheSame() {
        Mutants.feed(binaryRequests(), INPUTS, BinaryRequestFuzz::fuzzerTestOneInput);
    }

    @Test
    void replies_damagedAndCut_areReadTheSame() {
        Mutants.feed(replies(), INPUTS, ReplyFuzz::fuzzerTestOneInput);
    }

    @Test
    void keptInputs_keepThePromises() {
        assertThat(Mutants.replay(TextRequestFuzz.class, TextRequestFuzz::fuzzerTestOneInput))
                .isPositive();
        assertThat(Mutants.replay(BinaryRequestFuzz.class, BinaryRequestFuzz::fuzzerTestOneInput))
                .isPositive();
        assertThat(Mutants.replay(ReplyFuzz.class, ReplyFuzz::fuzzerTestOneInput))
                .isPositive();
    }

    static List<byte[]> textRequests() {
        return wire(
                "get a~",
                "get a bb  ccc~",
                "gets a~",
                "gat 10 a b~",
                "gats -1 a~",
                "set a 1 2 3~xyz~",
                "set a 0 0 0~~",
                "add a 0 0 1 noreply~x~",
                "cas a 0 0 1 18446744073709551615 noreply~x~",
                "append a 0 0 5~12~45~",
                "set a 0 0 1001~",
                "delete a 0 noreply~",
                "incr a 18446744073709551615~",
                "touch a -1 noreply~",
                "flush_all 10 noreply~",
                "stats items~",
                "verbosity 1~",
                "version~",
                "watch fetchers~",
                "mn~",
                "mg a~",
                "mg a v t f c k s h l q u O123~",
                "mg YWJj b k v N30 R10 T60~",
                "mg a C7 E9 v~",
                "ms a 3 T60 F7 C9 E10 I MA q k c O1~abc~",
                "ms a S3~abc~",
                "ms YWJj 0 b ME N30~~",
                "md a q I x T30 C1~",
                "ma a MD D5 J100 N30 T60 q v t c~",
                "me a~",
                "\n",
                "get ",
                "GET / HTTP/1.1~",
                "set " + "k".repeat(250) + " 0 0 1~x~",
                "get " + "k".repeat(251) + "~",
                " ".repeat(2_040));
    }

    static List<byte[]> replies() {
        return wire(
                "STORED~",
                "NOT_STORED~",
                "EXISTS~",
                "NOT_FOUND~",
                "DELETED~",
                "TOUCHED~",
                "OK~",
                "RESET~",
                "END~",
                "VALUE a 0 3~abc~",
                "VALUE a 4294967295 0 18446744073709551615~~END~",
                "12345 ~",
                "STAT pid 17~",
                "STAT empty~",
                "VERSION 1.6.45~",
                "key=a%20b exp=-1 la=12 cas=3 fetch=no cls=1 size=63\n",
                "ERROR~",
                "CLIENT_ERROR bad data chunk~",
                "SERVER_ERROR object too large for cache~",
                "CLIENT_ERROR cannot increment or decrement non-numeric value~",
                "HD~",
                "HD O123 kabc c7 t-1 f0 s3~",
                "EN O1~",
                "NF O1 ka~",
                "NS~",
                "EX O7~",
                "MN~",
                "VA 3 f7 c9 t30 ka O1 W X Z~abc~",
                "VA 2 O1 ~9 ~",
                "VA 0~~");
    }

    static List<byte[]> binaryRequests() {
        List<byte[]> seeds = new ArrayList<>();
        for (int code = 0; code < 0x28; code++) {
            for (int extras : new int[] {0, 4, 8, 20}) {
                seeds.add(frame(code, extras, "key", extras == 8 ? "value" : ""));
            }
        }
        seeds.add(frame(0x01, 8, "k".repeat(251), ""));
        seeds.add(frame(0x01, 8, "k", "v".repeat(1_001)));
        seeds.add(frame(0x21, 0, "PLAIN", "\0me\0secret"));
        return seeds;
    }

    private static byte[] frame(int code, int extras, String key, String value) {
        int body = extras + key.length() + value.length();
        ByteBuffer out = ByteBuffer.allocate(BinaryRequestDecoder.HEADER_BYTES + body);
        out.put(BinaryRequestDecoder.MAGIC).put((byte) code).putShort((short) key.length());
        out.put((byte) extras).put((byte) 0).putShort((short) 0);
        out.putInt(body).putInt(5).putLong(6).put(new byte[extras]);
        return out.put((key + value).getBytes(ISO_8859_1)).array();
    }

    private static List<byte[]> wire(String... streams) {
        return Stream.of(streams)
                .map(stream -> stream.replace("~", "\r\n").getBytes(ISO_8859_1))
                .toList();
    }

    /** Writes the seeds of a target, for Jazzer: its class, a folder. */
    public static void main(String[] arguments) {
        List<byte[]> seeds = switch (arguments[0].substring(arguments[0].lastIndexOf('.') + 1)) {
            case "TextRequestFuzz" -> textRequests();
            case "BinaryRequestFuzz" -> binaryRequests();
            default -> replies();
        };
        Mutants.write(seeds, Path.of(arguments[1]));
    }
}
