package io.larder.server;

import io.larder.protocol.TextRequest;
import io.larder.storage.ItemStore;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The key of a meta command, as sent or decoded from base64 (flag {@code b}). Owned by one event loop; allocates nothing. */
final class MetaKey {
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (int i = 0; i < alphabet.length(); i++) {
            VALUES[alphabet.charAt(i)] = (byte) i;
        }
    }

    private final ByteBuffer decoded = ByteBuffer.allocateDirect(ItemStore.KEY_BYTES_MAX);

    /** The key's bytes between position and limit; they are valid until the next request. None remain if it cannot be decoded. */
    ByteBuffer of(TextRequest request, ByteBuffer in, ByteBuffer view) {
        if (!request.meta().has('b')) {
            return view.limit(request.keyEnd()).position(request.keyStart());
        }
        decoded.clear();
        if (!decode(in, request.keyStart(), request.keyEnd())) {
            decoded.clear();
        }
        return decoded.flip();
    }

    /** Base64 of RFC 4648 with its padding, which says how many bytes the last four characters stand for. */
    private boolean decode(ByteBuffer in, int start, int end) {
        if ((end - start) % 4 != 0) {
            return false;
        }
        for (int at = start; at < end; at += 4) {
            boolean last = at + 4 == end;
            int padding = last ? padding(in, end) : 0;
            int bits = 0;
            for (int i = 0; i < 4; i++) {
                int value = i >= 4 - padding ? 0 : value(in.get(at + i));
                if (value < 0) {
                    return false;
                }
                bits = bits << 6 | value;
            }
            decoded.put((byte) (bits >> 16));
            if (padding < 2) {
                decoded.put((byte) (bits >> 8));
            }
            if (padding < 1) {
                decoded.put((byte) bits);
            }
        }
        return true;
    }

    private static int padding(ByteBuffer in, int end) {
        if (in.get(end - 1) != '=') {
            return 0;
        }
        return in.get(end - 2) == '=' ? 2 : 1;
    }

    private static int value(byte character) {
        return character < 0 ? -1 : VALUES[character];
    }
}
