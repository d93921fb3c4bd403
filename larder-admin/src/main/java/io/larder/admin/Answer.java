package io.larder.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** One answer in HTTP/1.1, after which the connection ends. */
record Answer(int code, String type, String text) {
    static final String TEXT = "text/plain; charset=utf-8";

    static Answer line(int code, String text) {
        return new Answer(code, TEXT, text + "\n");
    }

    /** As it goes over the wire; an answer to HEAD tells the length of the body it leaves out. */
    byte[] bytes(boolean withBody) {
        byte[] body = text.getBytes(UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(("HTTP/1.1 " + code + " " + reason() + "\r\nContent-Type: " + type + "\r\nContent-Length: "
                        + body.length + (code == 405 ? "\r\nAllow: GET, HEAD" : "") + "\r\nConnection: close\r\n\r\n")
                .getBytes(UTF_8));
        if (withBody) {
            out.writeBytes(body);
        }
        return out.toByteArray();
    }

    private String reason() {
        return switch (code) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 431 -> "Request Header Fields Too Large";
            default -> "Service Unavailable";
        };
    }
}
