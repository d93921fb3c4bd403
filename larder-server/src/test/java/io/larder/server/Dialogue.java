package io.larder.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One block of a table of bytes sent and bytes expected.
 *
 * @param sent and {@code expected} with every abbreviation written out, one character a byte
 */
record Dialogue(String name, String onlyFor, String sent, String expected) {
    private static final String LAST = "version\r\n";
    private static final Pattern ANSWER_TO_LAST = Pattern.compile("VERSION [^\r\n]*\r\n\\z");
    private static final Pattern REPEATED = Pattern.compile("\\{([^{}*]+)\\*(\\d+)}");
    private static final Pattern ESCAPED = Pattern.compile("\\\\x([0-9a-f]{2})");
    private static final Pattern MARK = Pattern.compile(" \\[(\\w+)].*");
    private static final int TIMEOUT_MILLIS = 60_000;

    /** Reads a table from the test resources of this package. */
    static List<Dialogue> table(String resource) {
        try (InputStream in = Dialogue.class.getResourceAsStream(resource)) {
            List<Dialogue> dialogues = new ArrayList<>();
            String text = new String(in.readAllBytes(), UTF_8)
                    .replaceAll("(?m)^#.*\n", "")
                    .replace("\\\n", "");
            for (String block : text.strip().split("\n\n+", -1)) {
                String[] lines = block.strip().split("\n", -1);
                Matcher mark = MARK.matcher(lines[0]);
                String onlyFor = mark.find() ? mark.group(1) : "";
                dialogues.add(new Dialogue(lines[0], onlyFor, expand(lines[1], ">"), expand(lines[2], "<")));
            }
            return dialogues;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String expand(String line, String prefix) {
        if (!line.startsWith(prefix + " ")) {
            throw new IllegalArgumentException("line must begin with " + prefix + ": " + line);
        }
        String text = REPEATED.matcher(line.substring(2))
                .replaceAll(match -> match.group(1).repeat(Integer.parseInt(match.group(2))));
        text = ESCAPED.matcher(text)
                .replaceAll(
                        match -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(match.group(1), 16))));
        return text.replace("~", "\r\n");
    }

    /** Whether the bytes received are the expected ones. */
    boolean isAnsweredBy(String received) {
        String pattern = Pattern.quote(expected)
                .replace("V\r\n", "\\EVERSION [^\r\n]+\r\n\\Q")
                .replace(" ?\r\n", "\\E \\d+\r\n\\Q")
                .replace(" c?", "\\E c\\d+\\Q");
        return Pattern.compile(pattern, Pattern.DOTALL).matcher(received).matches();
    }

    /** Empties the server, has the dialogue on a new connection, and answers what came, {@code EOF} for the end. */
    String with(InetSocketAddress server, int chunk) throws IOException {
        exchange(server, "flush_all\r\n", Integer.MAX_VALUE / 2, 1);
        return converse(server, chunk);
    }

    /** The same with a server that is empty. */
    String converse(InetSocketAddress server, int chunk) throws IOException {
        int versions =
                1 + (expected.length() - expected.replace("V\r\n", "\r\n").length());
        return exchange(server, sent, chunk, versions);
    }

    private static String exchange(InetSocketAddress server, String sent, int chunk, int versions) throws IOException {
        byte[] bytes = (sent + LAST).getBytes(ISO_8859_1);
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server, TIMEOUT_MILLIS);
            Thread writer = new Thread(() -> write(socket, bytes, chunk));
            writer.start();
            ByteArrayOutputStream received = new ByteArrayOutputStream();
            byte[] buffer = new byte[65_536];
            while (true) {
                int read;
                try {
                    read = socket.getInputStream().read(buffer);
                } catch (java.net.SocketException e) {
                    read = -1; // closed with our bytes unread
                }
                if (read < 0) {
                    return received.toString(ISO_8859_1) + "EOF";
                }
                received.write(buffer, 0, read);
                String text = received.toString(ISO_8859_1);
                Matcher answer = ANSWER_TO_LAST.matcher(text);
                if (answer.find()
                        && count(text) == versions
                        && allSent(writer)
                        && socket.getInputStream().available() == 0) {
                    return text.substring(0, answer.start());
                }
            }
        }
    }

    private static int count(String received) {
        return (int) Pattern.compile("VERSION ").matcher(received).results().count();
    }

    private static boolean allSent(Thread writer) {
        try {
            writer.join();
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void write(Socket socket, byte[] bytes, int chunk) {
        try {
            for (int at = 0; at < bytes.length; at += chunk) {
                socket.getOutputStream().write(bytes, at, Math.min(chunk, bytes.length - at));
            }
        } catch (IOException e) {
            // the server has closed: the dialogue expects that, or its answer will differ
            return;
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
