package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.larder.protocol.BinaryStatus;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Frames of the binary protocol in words; {@code binary.dialogues} tells how. */
final class BinaryFrames {
    static final int HEADER_BYTES = 24;

    private static final String[] NAMES = {
        "get",
        "set",
        "add",
        "replace",
        "delete",
        "incr",
        "decr",
        "quit",
        "flush",
        "getq",
        "noop",
        "version",
        "getk",
        "getkq",
        "append",
        "prepend",
        "stat",
        "setq",
        "addq",
        "replaceq",
        "deleteq",
        "incrq",
        "decrq",
        "quitq",
        "flushq",
        "appendq",
        "prependq",
        "verbosity",
        "touch",
        "gat",
        "gatq",
        "",
        "sasl_list",
        "sasl_auth",
        "sasl_step",
        "gatk",
        "gatkq"
    };
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}*]+)\\*(\\d+)}");
    private static final Pattern ESCAPED = Pattern.compile("\\\\x([0-9a-f]{2})");
    private static final Pattern RUN = Pattern.compile("(\\\\x..|.)\\1{19,}");

    /** A noop that no table holds, to know that everything before it was answered. */
    static final byte[] MARK = encode("noop o=0x7ffffffe", 0);

    private BinaryFrames() {}

    /** The bytes of a request; {@code c=$} is {@code lastCas}. */
    static byte[] encode(String frame, long lastCas) {
        String[] words = frame.strip().split(" +", -1);
        if (words[0].startsWith("raw=")) {
            return bytes(words[0].substring(4));
        }
        Map<String, String> given = new HashMap<>();
        for (int i = 1; i < words.length; i++) {
            String[] pair = words[i].split("=", 2);
            given.put(pair[0], pair[1]);
        }
        byte[] key = bytes(given.getOrDefault("k", ""));
        byte[] value = bytes(given.getOrDefault("v", ""));
        byte[] extras = given.containsKey("x") ? HexFormat.of().parseHex(given.get("x")) : extras(words[0], given);
        int body = extras.length + key.length + value.length;
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + body);
        out.put((byte) number(given, "magic", 0x80)).put((byte) code(words[0]));
        out.putShort((short) key.length).put((byte) extras.length);
        out.put((byte) number(given, "type", 0)).putShort((short) number(given, "vb", 0));
        out.putInt((int) number(given, "bodylen", body)).putInt((int) number(given, "o", 0));
        out.putLong("$".equals(given.get("c")) ? lastCas : number(given, "c", 0));
        return out.put(extras).put(key).put(value).array();
    }

    private static byte[] extras(String name, Map<String, String> given) {
        ByteBuffer out = ByteBuffer.allocate(20);
        switch (name) {
            case "set", "setq", "add", "addq", "replace", "replaceq" ->
                out.putInt((int) number(given, "f", 0)).putInt((int) number(given, "e", 0));
            case "incr", "incrq", "decr", "decrq" ->
                out.putLong(number(given, "d", 1))
                        .putLong(number(given, "i", 0))
                        .putInt((int) number(given, "e", 0));
            case "touch", "gat", "gatq", "gatk", "gatkq" -> out.putInt((int) number(given, "e", 0));
            case "flush", "flushq" -> {
                if (given.containsKey("e")) {
                    out.putInt((int) number(given, "e", 0));
                }
            }
            default -> {}
        }
        byte[] extras = new byte[out.position()];
        out.get(0, extras);
        return extras;
    }

    /** A reply in words, its token masked. */
    static String show(ByteBuffer header, byte[] body) {
        int extrasBytes = header.get(4);
        int keyBytes = header.getShort(2);
        BinaryStatus status = status(header.getShort(6));
        String extras = HexFormat.of().formatHex(body, 0, extrasBytes);
        String key = text(body, extrasBytes, keyBytes);
        String value = text(body, extrasBytes + keyBytes, body.length - extrasBytes - keyBytes);
        int code = header.get(1) & 0xff;
        String name = code < NAMES.length ? NAMES[code] : "";
        StringBuilder out = new StringBuilder(name.isEmpty() ? "0x%02x".formatted(code) : name);
        out.append(' ').append(name(status));
        append(out, "x", extras);
        append(out, "k", key);
        if (!value.equals(text(status.text(), 0, status.text().length))) {
            out.append(" v=").append("version".equals(name) && status == BinaryStatus.OK ? "?" : value);
        }
        append(out, "c", header.getLong(16) == 0 ? "" : "?");
        append(out, "o", header.getInt(12) == 0 ? "" : "0x" + Integer.toHexString(header.getInt(12)));
        if (header.get(0) != (byte) 0x81 || header.get(5) != 0) {
            out.append(" not a reply: ").append(header.get(0)).append(' ').append(header.get(5));
        }
        return out.toString();
    }

    private static void append(StringBuilder out, String name, String value) {
        if (!value.isEmpty()) {
            out.append(' ').append(name).append('=').append(value);
        }
    }

    private static String name(BinaryStatus status) {
        return status.name().toLowerCase(Locale.ROOT);
    }

    private static BinaryStatus status(int code) {
        for (BinaryStatus status : BinaryStatus.values()) {
            if (status.code() == code) {
                return status;
            }
        }
        throw new AssertionError("status " + code);
    }

    private static int code(String name) {
        for (int code = 0; code < NAMES.length; code++) {
            if (NAMES[code].equals(name)) {
                return code;
            }
        }
        return Integer.decode(name);
    }

    private static long number(Map<String, String> given, String name, long otherwise) {
        String text = given.get(name);
        if (text == null) {
            return otherwise;
        }
        return text.startsWith("0x") ? Long.parseUnsignedLong(text, 2, text.length(), 16) : Long.parseLong(text);
    }

    private static byte[] bytes(String text) {
        String repeated = REPEATED.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
        return ESCAPED.matcher(repeated)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))))
                .getBytes(ISO_8859_1);
    }

    private static String text(byte[] bytes, int from, int length) {
        StringBuilder out = new StringBuilder();
        for (int i = from; i < from + length; i++) {
            int b = bytes[i] & 0xff;
            boolean plain = b > 0x20 && b < 0x7f && "\\{}|".indexOf(b) < 0;
            out.append(plain ? String.valueOf((char) b) : "\\x%02x".formatted(b));
        }
        return RUN.matcher(out)
                .replaceAll(match -> Matcher.quoteReplacement("{%s*%d}"
                        .formatted(
                                match.group(1),
                                match.group().length() / match.group(1).length())));
    }

    static boolean answersMark(ByteBuffer header) {
        return header.getInt(12) == 0x7ffffffe;
    }
}
