package io.larder.server;

import io.larder.protocol.BinaryRequestDecoder;
import io.larder.protocol.BinaryRequestDecoder.Step;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The binary protocol. */
final class BinaryProtocol implements Protocol {
    private final BinaryRequestDecoder decoder;
    private final BinaryCommands commands;

    BinaryProtocol(BinaryRequestDecoder decoder, BinaryCommands commands) {
        this.decoder = decoder;
        this.commands = commands;
    }

    @Override
    public void begin(ByteBuffer in, long connectionId) {
        commands.begin(in, connectionId);
    }

    @Override
    public Progress next(ByteBuffer in) throws IOException {
        Step step = decoder.next(in, commands.request());
        if (step == Step.INCOMPLETE) {
            return Progress.INCOMPLETE;
        }
        return commands.execute(step) ? Progress.CLOSE : Progress.SERVED;
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
