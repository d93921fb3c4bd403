package io.larder.client;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** Keys as the URL-safe base64 of their UTF-8, without padding: any text of up to 187 bytes. */
final class Base64Keys implements KeyPolicy {
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();

    @Override
    public byte[] encode(String key) {
        return StrictKeys.checked(key, ENCODER.encode(key.getBytes(StandardCharsets.UTF_8)));
    }
}
