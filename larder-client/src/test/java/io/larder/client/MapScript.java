package io.larder.client;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A well-behaved node: enough of memcached for tests of the transport. */
final class MapScript implements ScriptedServer.Script {
    private final Map<String, String> values = new ConcurrentHashMap<>();

    @Override
    public void answer(String request, ScriptedServer.Peer peer) throws IOException {
        String[] words = request.split("[ \r]", -1);
        switch (words[0]) {
            case "get", "gets" -> peer.send(values(words, words[0].equals("gets") ? " 1" : ""));
            case "set" -> {
                values.put(words[1], request.substring(request.indexOf('\n') + 1));
                peer.send("STORED\r\n");
            }
            case "delete" -> peer.send(values.remove(words[1]) == null ? "NOT_FOUND\r\n" : "DELETED\r\n");
            case "version" -> peer.send("VERSION 1.4.5\r\n");
            default -> peer.send("ERROR\r\n");
        }
    }

    private String values(String[] words, String cas) {
        StringBuilder reply = new StringBuilder();
        for (int i = 1; i < words.length; i++) {
            String value = values.get(words[i]);
            if (value != null) {
                reply.append("VALUE %s 0 %d%s\r\n%s\r\n".formatted(words[i], value.length(), cas, value));
            }
        }
        return reply.append("END\r\n").toString();
    }
}
