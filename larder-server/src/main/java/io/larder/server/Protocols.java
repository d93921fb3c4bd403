package io.larder.server;

import io.larder.protocol.BinaryRequestDecoder;
import io.larder.protocol.TextRequestDecoder;
import io.larder.storage.ItemStore;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Makes the protocol of a connection when its first byte has come. Owned by one event loop. */
final class Protocols {
    private final Commands text;
    private final BinaryCommands binary;
    private final int valueBytesMax;
    private final WireProtocol allowed;
    private final @Nullable AuthFile users;
    private final UnaryOperator<Protocol> textDoor;

    /**
     * @param users who is served; {@code null} for everybody
     * @param textDoor what text clients have to pass where there are users
     */
    Protocols(
            Commands text,
            BinaryCommands binary,
            int valueBytesMax,
            WireProtocol allowed,
            @Nullable AuthFile users,
            UnaryOperator<Protocol> textDoor) {
        this.textDoor = textDoor;
        this.text = text;
        this.binary = binary;
        this.valueBytesMax = valueBytesMax;
        this.allowed = allowed;
        this.users = users;
    }

    /** Works through that session from now on. */
    void use(ItemStore.Session session) {
        text.use(session);
        binary.use(session);
    }

    /** The protocol that begins with that byte, or the only one. */
    Protocol beginningWith(byte first) {
        boolean isBinary = switch (allowed) {
            case AUTO -> first == BinaryRequestDecoder.MAGIC;
            case ASCII -> false;
            case BINARY -> true;
        };
        return isBinary
                ? new BinaryProtocol(binary, valueBytesMax, users == null ? null : new SaslLogin(users))
                : textDoor.apply(new TextProtocol(new TextRequestDecoder(valueBytesMax), text));
    }
}
