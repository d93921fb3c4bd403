package io.larder.server;

import io.larder.protocol.BinaryRequest;
import io.larder.protocol.BinaryRequestDecoder;
import io.larder.protocol.BinaryRequestDecoder.Step;
import io.larder.protocol.BinaryStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The binary protocol. */
final class BinaryProtocol implements Protocol {
    private final BinaryRequestDecoder decoder;
    private final BinaryCommands commands;
    private final @Nullable SaslLogin login;

    /** @param login what a peer must pass, or {@code null} where everybody is served */
    BinaryProtocol(BinaryCommands commands, int valueBytesMax, @Nullable SaslLogin login) {
        this.decoder = new BinaryRequestDecoder(valueBytesMax, login != null);
        this.commands = commands;
        this.login = login;
    }

    @Override
    public void begin(ByteBuffer in, long connectionId) {
        commands.begin(in, connectionId);
    }

    @Override
    public Progress next(ByteBuffer in) throws IOException {
        BinaryRequest request = commands.request();
        Step step = decoder.next(in, request);
        if (step == Step.INCOMPLETE) {
            return Progress.INCOMPLETE;
        }
        if (step == Step.REQUEST && login != null && request.command().isSasl()) {
            authenticate(login);
            return Progress.SERVED;
        }
        return commands.execute(step) ? Progress.CLOSE : Progress.SERVED;
    }

    private void authenticate(SaslLogin with) throws IOException {
        BinaryStatus result = commands.authenticate(with);
        decoder.authenticated(result == BinaryStatus.OK);
    }

    @Override
    public int bytesNeeded() {
        return decoder.bytesNeeded();
    }

    @Override
    public void giveUp(int bytesSeen) throws IOException {
        commands.refuseForMemory();
        decoder.passOver(bytesSeen);
    }
}
