package io.larder.server;

import io.larder.protocol.BinaryRequestDecoder;
import io.larder.protocol.TextRequestDecoder;

/** Makes the protocol of a connection when its first byte has come. Owned by one event loop. */
final class Protocols {
    private final Commands text;
    private final BinaryCommands binary;
    private final int valueBytesMax;

    Protocols(Commands text, BinaryCommands binary, int valueBytesMax) {
        this.text = text;
        this.binary = binary;
        this.valueBytesMax = valueBytesMax;
    }

    /** The protocol that begins with that byte. */
    Protocol beginningWith(byte first) {
        return first == BinaryRequestDecoder.MAGIC
                ? new BinaryProtocol(new BinaryRequestDecoder(valueBytesMax, true), binary)
                : new TextProtocol(new TextRequestDecoder(valueBytesMax), text);
    }
}
