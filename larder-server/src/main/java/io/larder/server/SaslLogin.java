package io.larder.server;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.larder.protocol.BinaryStatus;
import java.util.Arrays;

/**
 * How one connection says who it is: SASL with the mechanism PLAIN, in one step or, where the first carries no data, in two.
 * Confined to the event loop. Source: RFC 4616.
 */
final class SaslLogin {
    /** The mechanisms, parted by blanks. */
    static final String MECHANISMS = "PLAIN";

    private final AuthFile users;
    private boolean started;

    SaslLogin(AuthFile users) {
        this.users = users;
    }

    /** The first step, by {@code mechanism}. */
    BinaryStatus start(byte[] mechanism, byte[] data) {
        if (!new String(mechanism, US_ASCII).equalsIgnoreCase(MECHANISMS)) {
            started = false;
            return BinaryStatus.AUTH_FAILED;
        }
        started = true;
        return data.length == 0 ? BinaryStatus.AUTH_CONTINUE : check(data);
    }

    /** The step behind one that was to be continued. */
    BinaryStatus step(byte[] data) {
        return started ? check(data) : BinaryStatus.AUTH_FAILED;
    }

    /** Of {@code authorize-as NUL user NUL password}; everybody may act as himself only. */
    private BinaryStatus check(byte[] data) {
        started = false;
        int first = indexOfZero(data, 0);
        int second = first < 0 ? -1 : indexOfZero(data, first + 1);
        if (second < 0 || indexOfZero(data, second + 1) >= 0) {
            return BinaryStatus.AUTH_FAILED;
        }
        byte[] user = Arrays.copyOfRange(data, first + 1, second);
        boolean asHimself = first == 0 || Arrays.equals(data, 0, first, user, 0, user.length);
        byte[] password = Arrays.copyOfRange(data, second + 1, data.length);
        users.reloadIfChanged();
        return users.accepts(user, password) && asHimself ? BinaryStatus.OK : BinaryStatus.AUTH_FAILED;
    }

    private static int indexOfZero(byte[] data, int from) {
        for (int i = from; i < data.length; i++) {
            if (data[i] == 0) {
                return i;
            }
        }
        return -1;
    }
}
