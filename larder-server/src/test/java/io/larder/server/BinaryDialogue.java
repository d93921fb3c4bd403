package io.larder.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One block of a table of binary frames: requests and the replies expected, in words. */
record BinaryDialogue(String name, String onlyFor, String sent, String expected) {
    private static final Pattern MARK = Pattern.compile(" \\[(\\w+)].*");
    private static final String END = "EOF";
    private static final int TIMEOUT_MILLIS = 60_000;
    private static final int BODY_BYTES_MAX = 64 << 20;

    /** Reads a table from the test resources of this package. */
    static List<BinaryDialogue> table(String resource) {
        try (InputStream in = BinaryDialogue.class.getResourceAsStream(resource)) {
            String text = new String(in.readAllBytes(), UTF_8).replaceAll("(?m)^#.*\n", "");
            List<BinaryDialogue> dialogues = new ArrayList<>();
            for (String block : text.strip().split("\n\n+", -1)) {
                String[] lines = block.strip().split("\n", -1);
                Matcher mark = MARK.matcher(lines[0]);
                String onlyFor = mark.find() ? mark.group(1) : "";
                dialogues.add(new BinaryDialogue(lines[0], onlyFor, line(lines[1], "> "), line(lines[2], "< ")));
            }
            return dialogues;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(String line, String prefix) {
        if (!line.startsWith(prefix.strip())) {
            throw new IllegalArgumentException("line must begin with " + prefix + ": " + line);
        }
        return line.substring(Math.min(line.length(), prefix.length()));
    }

    /** Empties the server, has the dialogue on a new connection, and answers what came in words, {@code EOF} for the end. */
    String with(InetSocketAddress server, int chunk) throws IOException {
        new BinaryDialogue("empty", "", "flush", "flush ok").converse(server, Integer.MAX_VALUE / 2);
        return converse(server, chunk);
    }

    /** The same with a server that is empty. */
    String converse(InetSocketAddress server, int chunk) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(server, TIMEOUT_MILLIS);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            List<String> received = new ArrayList<>();
            long cas = 0;
            byte[] batch = {};
            for (String frame : sent.split(" \\| ", -1)) {
                if (frame.contains("c=$")) { // the token must have come
                    send(socket, joined(batch, BinaryFrames.MARK), chunk);
                    cas = readToMark(in, received);
                    batch = new byte[0];
                }
                batch = joined(batch, BinaryFrames.encode(frame, cas));
            }
            boolean ends = expected.endsWith(END);
            byte[] rest = ends ? batch : joined(batch, BinaryFrames.MARK);
            Thread writer = new Thread(() -> send(socket, rest, chunk));
            writer.start();
            readToMark(in, received);
            join(writer);
            return String.join(" | ", received);
        }
    }

    private static byte[] joined(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void send(Socket socket, byte[] bytes, int chunk) {
        try {
            for (int at = 0; at < bytes.length; at += chunk) {
                socket.getOutputStream().write(bytes, at, Math.min(chunk, bytes.length - at));
            }
        } catch (IOException e) {
            // the server has closed: the dialogue expects that, or its answer will differ
            return;
        }
    }

    /** Reads replies until that to the mark or the end; answers the last token seen. */
    private static long readToMark(DataInputStream in, List<String> received) throws IOException {
        long cas = 0;
        while (true) {
            byte[] read = read(in, BinaryFrames.HEADER_BYTES);
            if (read == null) {
                received.add(END);
                return cas;
            }
            ByteBuffer header = ByteBuffer.wrap(read);
            if (BinaryFrames.answersMark(header)) {
                return cas;
            }
            int bodyBytes = header.getInt(8);
            if (bodyBytes < 0 || bodyBytes > BODY_BYTES_MAX) {
                throw new IOException("reply of " + bodyBytes + " bytes");
            }
            byte[] body = read(in, bodyBytes);
            cas = header.getLong(16) == 0 ? cas : header.getLong(16);
            received.add(BinaryFrames.show(header, body == null ? new byte[0] : body));
        }
    }

    private static byte @Nullable [] read(DataInputStream in, int bytes) throws IOException {
        try {
            byte[] read = in.readNBytes(bytes);
            return read.length < bytes ? null : read;
        } catch (SocketException e) {
            return null; // closed with our bytes unread
        }
    }

    private static void join(Thread writer) {
        try {
            writer.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
