package io.larder.server;

import io.larder.protocol.TextRequestDecoder;
import io.larder.protocol.TextRequestDecoder.Step;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Classic text and meta commands. */
final class TextProtocol implements Protocol {
    private final TextRequestDecoder decoder;
    private final Commands commands;

    TextProtocol(TextRequestDecoder decoder, Commands commands) {
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
        if (commands.execute(step)) {
            return Progress.CLOSE;
        }
        return commands.hasFeed() ? Progress.FEED : Progress.SERVED;
    }

    @Override
    public Feed takeFeed() {
        return commands.takeFeed();
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
