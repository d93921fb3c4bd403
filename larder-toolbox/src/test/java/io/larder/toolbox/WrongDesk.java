package io.larder.toolbox;

import io.larder.toolbox.annotation.SharedLock;

/** To be woven by a test; its key cannot be made. */
final class WrongDesk {
    @SharedLock(key = "desk:{nobody}", lease = "10s")
    void bill() {}
}
